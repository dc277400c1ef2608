using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>How fast a command copies: what it was given is for all of its copies together, what a row has for that row's copy within it.</summary>
/// <param name="ofCommand">Bytes a second that the command line gives, or 0 or null for none.</param>
internal sealed class CopyRates(long? ofCommand)
{
    private const string Name = nameof(CopyOptions.MaxBytesPerSecond);

    /// <summary>The rate of all copies together, or null where the command line gives none.</summary>
    public RateBudget? OfCommand { get; } = ofCommand is long rate and > 0 ? new RateBudget(rate) : null;

    /// <summary>The rate of one copy.</summary>
    /// <param name="bound">What PowerShell bound: a row's only where the command line has none.</param>
    /// <param name="row">The row, or null.</param>
    /// <returns>Bytes a second, or null for no limit of its own.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: what the row has is none.</exception>
    public long? OfCopy(long? bound, PSObject? row)
    {
        object? own = OfCommand is null ? null : CsvValueAttribute<long>.Read(row?.Properties[Name]?.Value);
        long? rate = own is null ? bound
            : LanguagePrimitives.TryConvertTo(own, out long value) && value >= 0 ? value
            : throw new SqliteBackupException(
                BackupFailure.InvalidOption, $"{own}", $"{Name} of a row is '{own}', which is no whole number from 0 on. Give bytes a second, such as 20MB.");
        return rate == 0 ? null : rate;
    }
}
