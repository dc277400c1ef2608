using SqliteBackup.Operation;
using SQLitePCL;

namespace SqliteBackup.Copying;

/// <summary>Steps one online backup at its pace, counts what it copied, waits for locks and pauses: what every copy does, whichever way it goes.</summary>
/// <param name="backup">The backup.</param>
/// <param name="pace">Says how many pages a step takes, and how long to pause after it.</param>
/// <param name="statistics">Counts.</param>
/// <param name="meter">Hears of progress.</param>
/// <param name="busy">Waits for locks and pauses.</param>
internal sealed class PacedBackup(OnlineBackup backup, CopyPace pace, CopyStatistics statistics, ProgressMeter meter, LockWaiter busy)
{
    private TimeSpan _began;

    /// <summary>How long the last step took that copied something.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Pages that it copied.</summary>
    public int Copied { get; private set; }

    /// <summary>Makes one step, or waits a little where a lock is in its way.</summary>
    public StepResult Step()
    {
        int pages = pace.NextStep();
        int before = backup.Remaining;
        _began = meter.Active;
        StepResult result = Try(pages);
        if (result is StepResult.More or StepResult.Done)
        {
            Count(pages, before);
            pace.Learn(Copied, Took);
        }

        return result;
    }

    /// <summary>Takes the locks that a step takes, and copies nothing.</summary>
    public void TakeLock()
    {
        while (Try(0) is StepResult.Busy or StepResult.Locked)
        {
        }
    }

    /// <summary>Pauses after a step for as long as the pace says.</summary>
    public void Pause()
    {
        (TimeSpan pause, BackupWait reason) = pace.PauseAfter((long)Copied * statistics.PageSize, _began, meter.Active);
        Report(reason);
        if (pause > TimeSpan.Zero)
        {
            TimeSpan pausedAt = meter.Active;
            busy.Sleep(pause);
            statistics.ThrottledFor += reason == BackupWait.RateLimit ? meter.Active - pausedAt : TimeSpan.Zero;
        }
    }

    /// <summary>Reports how far it is.</summary>
    /// <param name="reason">What is waited for next.</param>
    public void Report(BackupWait reason) => meter.Copied(statistics, backup.PageCount, backup.Remaining, reason);

    private StepResult Try(int pages)
    {
        TimeSpan began = meter.Active;
        StepResult result = backup.Step(pages);
        Took = meter.Active - began;
        if (result is StepResult.Busy or StepResult.Locked)
        {
            busy.PauseForLock(result == StepResult.Busy ? raw.SQLITE_BUSY : raw.SQLITE_LOCKED);
        }
        else
        {
            busy.LockTaken();
        }

        return result;
    }

    // After a restart the remaining pages are more than the step should have left.
    private void Count(int pages, int before)
    {
        int pageCount = backup.PageCount;
        int left = pages < 0 ? 0 : Math.Max(0, before - pages);
        bool isFirst = statistics.Steps == 0;
        bool restarted = !isFirst && backup.Remaining > left;
        if (restarted)
        {
            statistics.Restarts++;
        }

        Copied = (isFirst || restarted ? pageCount : before) - backup.Remaining;
        statistics.Steps++;
        statistics.PageCount = pageCount;
        statistics.PagesCopied += Copied;
        statistics.Stepping += Took;
    }
}
