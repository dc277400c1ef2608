using SqliteBackup.Operation;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Copying;

/// <summary>Drives one backup step by step to its end: pace, locks, restarts, and what it takes to end although others write.</summary>
internal sealed class CopyLoop : IPausable, IDisposable
{
    // Under a held transaction a step's length only decides how soon a cancel and the progress are noticed.
    private static readonly TimeSpan SnapshotStep = TimeSpan.FromMilliseconds(50);

    // An explicitly stepped copy never takes one long lock, so it gets longer before it is given up.
    private const int StalledWindows = 30;

    private const int LargerSteps = 4;

    private readonly BackupSource _source;
    private readonly CopyOptions _options;
    private readonly ProgressMeter _meter;
    private readonly LockWaiter _busy;
    private readonly CopyStatistics _statistics = new();
    private readonly CopyPace _pace;
    private readonly StallWatch _stall;
    private readonly OnlineBackup _backup;
    private readonly PacedBackup _steps;
    private readonly SourceSnapshot _snapshot;
    private readonly long _walBytesAtStart;
    private bool _takesSnapshotAgain;

    private CopyLoop(BackupSource source, OnlineBackup backup, CopyOptions options, ProgressMeter meter, LockWaiter busy)
    {
        _source = source;
        _backup = backup;
        _meter = meter;
        _busy = busy;
        _statistics.PageSize = (int)SqliteQuery.Integer(source.Handle, "PRAGMA page_size", source.Path);
        _statistics.Mode = options.Mode switch
        {
            CopyMode.Auto => source.IsWal || source.IsFrozen ? CopyMode.Snapshot : CopyMode.Stepped,
            CopyMode mode => mode,
        };
        _options = _statistics.Mode == CopyMode.SingleStep
            ? options with { PagesPerStep = options.PagesPerStep ?? CopyOptions.AllPages }
            : options;
        _pace = new CopyPace(_options, _statistics.PageSize);
        _steps = new PacedBackup(backup, _pace, _statistics, meter, busy);
        _stall = new StallWatch(options.StallWindow);
        _snapshot = new SourceSnapshot(source, busy, _statistics);
        _walBytesAtStart = source.WalBytes;
        busy.Gate.Copy = this;
    }

    private bool MayEscalate => _options.Mode == CopyMode.Auto && _statistics.Mode == CopyMode.Stepped;

    // Writers of a WAL go on while it is held; those of a rollback journal wait.
    private bool StallsWriters => _snapshot.IsHeld && !_source.IsWal && !_source.IsFrozen && _statistics.Mode != CopyMode.SingleStep;

    /// <summary>Copies every page.</summary>
    /// <param name="source">The open source.</param>
    /// <param name="destination">The connection of the staging file.</param>
    /// <param name="destinationPath">Its path, for messages.</param>
    /// <param name="options">The way, the pace and the bounds.</param>
    /// <param name="meter">Hears of progress.</param>
    /// <param name="busy">Waits for locks and pauses.</param>
    public static CopyStatistics Run(
        BackupSource source, sqlite3 destination, string destinationPath, CopyOptions options, ProgressMeter meter, LockWaiter busy)
    {
        using var backup = new OnlineBackup(destination, destinationPath, source.Handle, source.Path);
        using var loop = new CopyLoop(source, backup, options, meter, busy);
        meter.Tell(CopyText.Chosen(source, options.Mode, loop._statistics.Mode));
        loop.CopyAll();
        backup.Finish();
        meter.Tell(CopyText.Done(source, loop._statistics, meter.BusyRetries));
        return loop._statistics;
    }

    public void Dispose()
    {
        _busy.Gate.Copy = null;
        _snapshot.Dispose();
    }

    // Writers of a rollback journal would wait as long as the pause lasts, so their lock is given up; writers of a WAL go on.
    void IPausable.Suspended()
    {
        _takesSnapshotAgain = StallsWriters;
        if (_takesSnapshotAgain)
        {
            _snapshot.Release();
        }
        else if (_snapshot.IsHeld && _source.IsWal)
        {
            _meter.Warn(
                $"The backup of '{_source.Path}' is suspended and keeps its snapshot: until it goes on, the WAL can only grow. When it has grown by {_options.MaxWalGrowth:N0} bytes (-MaxWalGrowth), the backup resumes by itself.");
        }
    }

    bool IPausable.MayStaySuspended()
    {
        long growth = WalGrowth();
        if (!_snapshot.IsHeld || growth <= _options.MaxWalGrowth)
        {
            return true;
        }

        _meter.Warn(
            $"The backup of '{_source.Path}' resumed by itself: while it was suspended, the WAL grew to {growth:N0} bytes more than at its beginning, and {_options.MaxWalGrowth:N0} are allowed (-MaxWalGrowth).");
        return false;
    }

    void IPausable.Resumed()
    {
        if (_takesSnapshotAgain)
        {
            TakeSnapshot();
        }
    }

    private void CopyAll()
    {
        if (_statistics.Mode != CopyMode.Stepped)
        {
            TakeSnapshot();
        }

        while (!Step())
        {
            _busy.PauseIfSuspended();
        }

        // Writers need not wait while the copy is finished, checked and flushed.
        _snapshot.Release();
    }

    // Answers whether the copy is done.
    private bool Step()
    {
        DateTime beganAt = DateTime.UtcNow;
        StepResult result = _steps.Step();
        if (result is StepResult.Busy or StepResult.Locked)
        {
            return false;
        }

        if (!_snapshot.IsHeld)
        {
            _statistics.SnapshotTakenAt = beganAt;
            _statistics.ReadLockHeld(_steps.Took);
        }

        WatchWal();
        if (result == StepResult.Done)
        {
            _steps.Report(BackupWait.None);
            return true;
        }

        WatchStall(_steps.Copied);
        _steps.Pause();
        return false;
    }

    private void TakeSnapshot()
    {
        _snapshot.Take();
        if (_statistics.Mode == CopyMode.Stepped)
        {
            _statistics.Mode = CopyMode.Snapshot;
        }

        _pace.StepDuration = SnapshotStep;
    }

    private void WatchWal()
    {
        long growth = WalGrowth();
        if (_snapshot.IsHeld && _pace.IsPaced && growth > _options.MaxWalGrowth)
        {
            _pace.IsLifted = true;
            _statistics.Escalations++;
            _meter.Warn(
                $"The WAL of '{_source.Path}' grew by {growth:N0} bytes while the backup held its snapshot, more than the {_options.MaxWalGrowth:N0} allowed (-MaxWalGrowth). Pauses and the rate limit are lifted so that the backup ends soon.");
        }
    }

    private long WalGrowth()
    {
        if (!_source.IsWal)
        {
            return 0;
        }

        long bytes = _source.WalBytes;
        _statistics.WalSeen(bytes);
        return bytes - _walBytesAtStart;
    }

    private void WatchStall(int copied)
    {
        TimeSpan now = _meter.Active;
        if (StallsWriters && _snapshot.HeldFor > _options.MaxWriterStall)
        {
            throw Stalled($"One pass under a single read lock was not done after {_options.MaxWriterStall.TotalSeconds:0.###} seconds");
        }

        if (_snapshot.IsHeld)
        {
            return;
        }

        int windows = _stall.Look(_backup.Remaining, copied, _statistics.Restarts, now);
        if (MayEscalate)
        {
            if (windows > 0 || _stall.IsOutpaced(_statistics.Restarts, now, _statistics.Expect(_backup.PageCount)))
            {
                Escalate(now);
            }
        }
        else if (windows >= StalledWindows)
        {
            throw Stalled($"No headway for {_options.StallWindow.TotalSeconds * StalledWindows:0.#} seconds");
        }
    }

    private void Escalate(TimeSpan now)
    {
        _statistics.Escalations++;
        if (_pace.IsPaced)
        {
            _meter.Warn(
                $"Commits to '{_source.Path}' keep its copy from getting on ({_statistics.Restarts:N0} restarts). Pauses and the rate limit are lifted, so that the copy ends and its writers wait as briefly as they can. In WAL mode the limit would hold.");
        }

        _pace.IsLifted = true;
        TimeSpan larger = _options.StepDuration * LargerSteps;

        // A step size that the user fixed is kept; only the lock around the steps can change then. Where a commit waits after each step,
        // larger ones would only keep writers waiting longer, each time for nothing.
        bool helps = _stall.BetweenRestarts(_statistics.Restarts, now) > larger;
        if (_options.PagesPerStep is null && _pace.StepDuration < larger && helps)
        {
            _pace.StepDuration = larger;
            _meter.Tell($"'{_source.Path}': commits keep the copy from getting on ({_statistics.Restarts:N0} restarts), so its steps are {larger.TotalMilliseconds:0} ms long from now on.");
            _stall.Reset(_statistics.Restarts, now);
            return;
        }

        TimeSpan expected = _statistics.Expect(_backup.PageCount);
        if (!_source.IsWal && expected > _options.MaxWriterStall)
        {
            throw Stalled(
                $"One pass under a single read lock would take about {expected.TotalSeconds:0.#} seconds, more than the {_options.MaxWriterStall.TotalSeconds:0.###} allowed (-MaxWriterStallSeconds)");
        }

        _meter.Tell($"'{_source.Path}': commits keep the copy from getting on ({_statistics.Restarts:N0} restarts), so the rest is copied under a single read lock, in about {expected.TotalSeconds:0.#} seconds.");
        TakeSnapshot();
    }

    private SqliteBackupException Stalled(string why) =>
        new(
            BackupFailure.BackupStalled,
            _source.Path,
            $"The backup of '{_source.Path}' stalled: {why} ({_meter.Describe()}). It would help to put the database in WAL mode, to choose a quieter hour, or to raise -MaxWriterStallSeconds (with -CopyMode Auto).");
}
