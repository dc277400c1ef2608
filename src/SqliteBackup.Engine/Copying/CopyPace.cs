namespace SqliteBackup.Copying;

/// <summary>
/// Decides how many pages the next step copies and how long to pause after it: so that a step takes about as long as it may, and so that no
/// more bytes a second are copied than allowed.
/// </summary>
internal sealed class CopyPace(CopyOptions options, int pageSize)
{
    // How much of a second's bytes a rate-limited step may copy at once, and how much unused time may be made up for.
    private static readonly TimeSpan RateSlice = TimeSpan.FromMilliseconds(100);

    private int _pages = Math.Max(1, (256 * 1024) / pageSize);
    private TimeSpan _paidUntil;

    /// <summary>How long a step should take where its size is not fixed.</summary>
    public TimeSpan StepDuration { get; set; } = options.StepDuration;

    /// <summary>Whether pauses and the rate limit are lifted.</summary>
    public bool IsLifted { get; set; }

    /// <summary>Whether there is anything to lift.</summary>
    public bool IsPaced => !IsLifted && (options.LowestRate is not null || options.StepDelay > TimeSpan.Zero);

    /// <summary>Pages for the next step; negative for all.</summary>
    public int NextStep()
    {
        if (options.PagesPerStep is int asked)
        {
            return asked;
        }

        return options.LowestRate is long rate && !IsLifted
            ? (int)Math.Clamp(rate * RateSlice.TotalSeconds / pageSize, 1, _pages)
            : _pages;
    }

    /// <summary>Learns from a step how many pages fit in the time.</summary>
    public void Learn(int pages, TimeSpan took)
    {
        // A short step tells little about the rate, so the next one only grows fourfold at most.
        double fitting = pages * (StepDuration / TimeSpan.FromTicks(Math.Max(1, took.Ticks)));
        if (pages >= _pages || fitting < _pages)
        {
            _pages = (int)Math.Clamp(fitting, Math.Max(1, _pages / 4), Math.Min(4.0 * _pages, 1 << 22));
        }
    }

    /// <summary>How long to pause after a step.</summary>
    /// <param name="bytes">What it copied.</param>
    /// <param name="began">When it began, on a clock that does not jump.</param>
    /// <param name="now">The time on that clock.</param>
    public (TimeSpan Duration, BackupWait Reason) PauseAfter(long bytes, TimeSpan began, TimeSpan now)
    {
        if (IsLifted)
        {
            return (TimeSpan.Zero, BackupWait.None);
        }

        TimeSpan throttle = TimeSpan.Zero;
        if (options.MaxBytesPerSecond is long rate)
        {
            // Time that passed unused (a lock, a late timer) is made up for by one slice at most: the rate holds within each second.
            TimeSpan from = _paidUntil > began - RateSlice ? _paidUntil : began - RateSlice;
            _paidUntil = from + TimeSpan.FromSeconds((double)bytes / rate);
            throttle = _paidUntil > now ? _paidUntil - now : TimeSpan.Zero;
        }

        if (options.SharedRate?.Take(bytes) is TimeSpan shared && shared > throttle)
        {
            throttle = shared;
        }

        return throttle > options.StepDelay
            ? (throttle, BackupWait.RateLimit)
            : (options.StepDelay, options.StepDelay > TimeSpan.Zero ? BackupWait.StepDelay : BackupWait.None);
    }
}
