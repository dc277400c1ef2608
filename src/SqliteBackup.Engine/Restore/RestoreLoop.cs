using SqliteBackup.Copying;
using SqliteBackup.Operation;
using SQLitePCL;

namespace SqliteBackup.Restore;

/// <summary>
/// Copies a verified backup into a database step by step in one transaction: the backup API holds the destination's write lock from the first
/// step to the last, and takes everything back where it is abandoned before (https://sqlite.org/c3ref/backup_finish.html).
/// </summary>
/// <param name="source">The backup.</param>
/// <param name="options">The pace.</param>
/// <param name="meter">Hears of progress.</param>
/// <param name="busy">Waits for locks on the destination.</param>
internal sealed class RestoreLoop(VerifiedBackup source, CopyOptions options, ProgressMeter meter, LockWaiter busy)
{
    // Nobody waits for a step but the user who cancels or watches.
    private static readonly TimeSpan StepDuration = TimeSpan.FromMilliseconds(50);

    /// <summary>Copies every page.</summary>
    /// <param name="destination">The database's connection.</param>
    /// <param name="destinationPath">Its path, for messages.</param>
    /// <param name="whenLocked">Called when nobody else can write to the destination any more, before its first page is written.</param>
    public CopyStatistics Run(sqlite3 destination, string destinationPath, Action whenLocked)
    {
        var statistics = new CopyStatistics { Mode = CopyMode.Stepped, PageSize = source.Header.PageSize };
        var pace = new CopyPace(options, statistics.PageSize) { StepDuration = StepDuration };
        using var backup = new OnlineBackup(destination, destinationPath, source.Handle, source.Path);
        var steps = new PacedBackup(backup, pace, statistics, meter, busy);
        steps.TakeLock();
        whenLocked();
        for (StepResult result = StepResult.More; result != StepResult.Done;)
        {
            busy.ThrowIfOver();
            source.ThrowIfChanged();
            result = steps.Step();
            if (result == StepResult.More)
            {
                steps.Pause();
            }
        }

        steps.Report(BackupWait.None);
        backup.Finish();
        return statistics;
    }
}
