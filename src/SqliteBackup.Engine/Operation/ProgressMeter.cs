using System.Diagnostics;

namespace SqliteBackup.Operation;

/// <summary>Counts what a backup does and tells its observer, at each change of state and at most ten times a second in between.</summary>
internal sealed class ProgressMeter(string source, string destination, IBackupObserver? observer)
{
    /// <summary>The shortest time between two reports of the same state.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private BackupProgress _last = new() { Database = source, Backup = destination, State = BackupState.Queued };
    private readonly Stopwatch _suspended = new();
    private TimeSpan _reportedAt = -Interval;

    /// <summary>When the backup began, UTC.</summary>
    public DateTime StartedAt { get; } = DateTime.UtcNow;

    /// <summary>Time since then.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>The part of it in which no user had the backup suspended: what rates and bounds are measured by.</summary>
    public TimeSpan Active => _clock.Elapsed - _suspended.Elapsed;

    /// <summary>How often a lock made it wait.</summary>
    public int BusyRetries { get; set; }

    /// <summary>Reports the state after a step.</summary>
    /// <param name="copied">What was copied so far.</param>
    /// <param name="pageCount">Pages in the source.</param>
    /// <param name="remaining">Pages still to copy.</param>
    /// <param name="wait">What the next step waits for.</param>
    public void Copied(CopyStatistics copied, int pageCount, int remaining, BackupWait wait)
    {
        _last = _last with
        {
            PageSize = copied.PageSize,
            PageCount = pageCount,
            Remaining = remaining,
            BytesPerSecond = copied.PagesCopied * (double)copied.PageSize / Active.TotalSeconds,
            Restarts = copied.Restarts,
            WalBytes = copied.WalBytes,
        };
        Report(wait == BackupWait.None ? BackupState.Copying : BackupState.Waiting, wait);
    }

    /// <summary>Reports how much of some other work on the copy is done.</summary>
    /// <param name="state">What is being done.</param>
    /// <param name="done">Bytes done.</param>
    /// <param name="total">Bytes in all.</param>
    public void Worked(BackupState state, long done, long total)
    {
        long remaining = total == 0 ? 0 : (long)(_last.PageCount * Math.Clamp(1 - ((double)done / total), 0, 1));
        _last = _last with { Remaining = remaining };
        Report(state, BackupWait.None);
    }

    /// <summary>Reports that a lock is waited for.</summary>
    public void WaitForLock() => Report(BackupState.Waiting, BackupWait.Lock);

    /// <summary>Reports a state.</summary>
    public void Enter(BackupState state) => Report(state, BackupWait.None);

    /// <summary>Reports that the backup holds still, and on disposal that it does again what it did before.</summary>
    public IDisposable Suspend()
    {
        BackupProgress before = _last;
        _suspended.Start();
        Report(BackupState.Paused, BackupWait.None);
        return new Suspension(() =>
        {
            _suspended.Stop();
            Report(before.State, before.WaitingFor);
        });
    }

    /// <summary>Passes a warning on.</summary>
    public void Warn(string message) => observer?.OnWarning(message);

    /// <summary>Passes on what was decided or done.</summary>
    public void Tell(string message) => observer?.OnDetail(message);

    /// <summary>How far it is, for a message.</summary>
    public string Describe() =>
        _last.PageCount == 0
            ? "no page was copied"
            : $"{_last.PageCount - _last.Remaining:N0} of {_last.PageCount:N0} pages, {_last.Restarts:N0} restarts, {BusyRetries:N0} waits for a lock";

    private void Report(BackupState state, BackupWait wait)
    {
        bool isNew = state != _last.State || wait != _last.WaitingFor;
        TimeSpan now = Elapsed;

        // Copying and waiting take turns many times a second; the other states are each entered once.
        bool takesTurns = state is BackupState.Copying or BackupState.Waiting && _last.State is BackupState.Copying or BackupState.Waiting;
        if (observer is null || ((!isNew || takesTurns) && now - _reportedAt < Interval))
        {
            return;
        }

        _reportedAt = now;
        _last = _last with { State = state, WaitingFor = wait, Elapsed = now, BusyRetries = BusyRetries };
        observer.OnProgress(_last);
    }

    private sealed class Suspension(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
