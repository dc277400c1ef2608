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
        Step(backup, 0);
        whenLocked();
        for (StepResult result = StepResult.More; result != StepResult.Done;)
        {
            busy.ThrowIfOver();
            source.ThrowIfChanged();
            int before = backup.Remaining;
            TimeSpan began = meter.Active;
            result = Step(backup, pace.NextStep());
            Count(statistics, backup, before, meter.Active - began);
            pace.Learn(before - backup.Remaining, meter.Active - began);
            Pause(statistics, backup, result == StepResult.Done ? (TimeSpan.Zero, BackupWait.None)
                : pace.PauseAfter((before - backup.Remaining) * (long)statistics.PageSize, began, meter.Active));
        }

        backup.Finish();
        return statistics;
    }

    private StepResult Step(OnlineBackup backup, int pages)
    {
        while (true)
        {
            StepResult result = backup.Step(pages);
            if (result is StepResult.More or StepResult.Done)
            {
                busy.LockTaken();
                return result;
            }

            busy.PauseForLock(result == StepResult.Busy ? raw.SQLITE_BUSY : raw.SQLITE_LOCKED);
        }
    }

    private static void Count(CopyStatistics statistics, OnlineBackup backup, int before, TimeSpan took)
    {
        statistics.Steps++;
        statistics.PageCount = backup.PageCount;
        statistics.PagesCopied += before - backup.Remaining;
        statistics.Stepping += took;
    }

    private void Pause(CopyStatistics statistics, OnlineBackup backup, (TimeSpan Duration, BackupWait Reason) pause)
    {
        meter.Copied(statistics, backup.PageCount, backup.Remaining, pause.Reason);
        if (pause.Duration > TimeSpan.Zero)
        {
            TimeSpan pausedAt = meter.Active;
            busy.Sleep(pause.Duration);
            statistics.ThrottledFor += pause.Reason == BackupWait.RateLimit ? meter.Active - pausedAt : TimeSpan.Zero;
        }
    }
}
