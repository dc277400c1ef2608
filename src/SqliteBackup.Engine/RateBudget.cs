using System.Diagnostics;

namespace SqliteBackup;

/// <summary>
/// A rate that several copies share, whatever their number: what one takes the others wait for. Safe for use by several threads.
/// </summary>
public sealed class RateBudget
{
    // How much unused time may be made up for: the rate holds within each second.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly object _gate = new();
    private TimeSpan _paidUntil;

    /// <summary>Makes a budget.</summary>
    /// <param name="bytesPerSecond">The most bytes a second in sum, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public RateBudget(long bytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond, 1);
        BytesPerSecond = bytesPerSecond;
    }

    /// <summary>The most bytes a second in sum.</summary>
    public long BytesPerSecond { get; }

    /// <summary>Pays for bytes that were copied.</summary>
    /// <returns>How long to pause for them.</returns>
    internal TimeSpan Take(long bytes)
    {
        lock (_gate)
        {
            TimeSpan now = _clock.Elapsed;
            TimeSpan from = _paidUntil > now - Slice ? _paidUntil : now - Slice;
            _paidUntil = from + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);
            return _paidUntil > now ? _paidUntil - now : TimeSpan.Zero;
        }
    }
}
