using System.Diagnostics;
using SQLitePCL;

namespace SqliteBackup.Operation;

/// <summary>
/// Waits, for locks and for whatever else, so that a wait is seen, ends at once on cancellation, and never outlasts its bound: the busy
/// timeout for one lock, the time limit for the whole backup.
/// </summary>
internal sealed class LockWaiter(string database, CopyOptions options, ProgressMeter meter, PauseGate gate, CancellationToken cancellationToken)
{
    // Readers can't queue for a lock: against a writer that commits back to back, only frequent tries find the gap. A try costs microseconds.
    private static readonly int[] BackOffMilliseconds = [1, 2, 2, 5, 5, 5, 5, 10];

    private const int PatientMilliseconds = 50;
    private const int TriesBeforePatience = 500;

    private readonly Stopwatch _lockWait = new();
    private int _attempt;

    /// <summary>What is done, for messages.</summary>
    public string Work { get; init; } = "backup";

    /// <summary>Where the backup holds still while it is suspended.</summary>
    public PauseGate Gate => gate;

    /// <summary>Calls until the answer is neither BUSY nor LOCKED.</summary>
    /// <returns>The last answer.</returns>
    public int Retry(Func<int> call)
    {
        while (true)
        {
            int code = call();
            if ((code & 0xFF) is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
            {
                LockTaken();
                return code;
            }

            PauseForLock(code);
        }
    }

    /// <summary>Pauses before the next try for a lock, a little longer each time.</summary>
    /// <param name="code">SQLite's answer.</param>
    /// <exception cref="SqliteBackupException">The busy timeout is over.</exception>
    public void PauseForLock(int code)
    {
        meter.BusyRetries++;
        _lockWait.Start();
        if (_lockWait.Elapsed >= options.BusyTimeout)
        {
            throw new SqliteBackupException(
                BackupFailure.SourceBusy,
                database,
                $"'{database}' was locked by another process for {options.BusyTimeout.TotalSeconds:0.###} seconds. Try again when it is idle, or raise -BusyTimeoutSeconds.",
                code);
        }

        meter.WaitForLock();
        TimeSpan pause = TimeSpan.FromMilliseconds(
            _attempt < TriesBeforePatience
                ? BackOffMilliseconds[Math.Min(_attempt, BackOffMilliseconds.Length - 1)]
                : PatientMilliseconds);
        _attempt++;
        TimeSpan left = options.BusyTimeout - _lockWait.Elapsed;
        Sleep(pause < left ? pause : left);
    }

    /// <summary>Ends a wait for a lock.</summary>
    public void LockTaken()
    {
        _lockWait.Reset();
        _attempt = 0;
    }

    /// <summary>Whether the backup was cancelled or its time is over.</summary>
    public bool IsOver => cancellationToken.IsCancellationRequested || meter.Active >= options.Timeout;

    /// <summary>Throws where the backup was cancelled or its time is over.</summary>
    public void ThrowIfOver()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (meter.Active >= options.Timeout)
        {
            throw new SqliteBackupException(
                BackupFailure.BackupTimedOut,
                database,
                $"The {Work} of '{database}' was not done after {options.Timeout.Value.TotalSeconds:0.###} seconds ({meter.Describe()}). Raise -TimeoutSeconds, lift the rate limit, or choose a quieter hour.");
        }
    }

    /// <summary>Holds still while the backup is suspended; that time counts towards no bound.</summary>
    public void PauseIfSuspended()
    {
        ThrowIfOver();
        bool waitsForLock = _lockWait.IsRunning;
        _lockWait.Stop();
        gate.Pass();
        if (waitsForLock)
        {
            _lockWait.Start();
        }
    }

    /// <summary>Sleeps, unless the backup is over before. While it is suspended, it holds still instead.</summary>
    public void Sleep(TimeSpan duration)
    {
        PauseIfSuspended();
        if (options.Timeout - meter.Active is TimeSpan left && left < duration)
        {
            duration = left;
        }

        TimeSpan until = meter.Active + duration;
        for (TimeSpan rest = duration; rest > TimeSpan.Zero; rest = until - meter.Active)
        {
            gate.Sleep(rest);
            PauseIfSuspended();
        }

        ThrowIfOver();
    }
}
