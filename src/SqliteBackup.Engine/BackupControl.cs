namespace SqliteBackup;

/// <summary>
/// Steers one backup from any thread: suspends it, lets it go on, or stops it. An action may be asked for before the backup has begun. This is the pause
/// that a loop around <c>sqlite3_backup_step</c> is free to make between two steps (https://sqlite.org/backup.html).
/// </summary>
public sealed class BackupControl
{
    private readonly object _gate = new();
    private CancellationTokenSource? _running;
    private volatile bool _isSuspended;
    private volatile bool _isStopRequested;

    /// <summary>Whether the backup is to hold still.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>Whether the backup was asked to end.</summary>
    public bool IsStopRequested => _isStopRequested;

    /// <summary>
    /// Has the backup hold still before its next step. A stepped copy holds no lock on its source meanwhile; a copy of one instant keeps the
    /// instant, and with it the source's WAL, until that has grown by <see cref="CopyOptions.MaxWalGrowth"/> bytes.
    /// </summary>
    public void Suspend() => Change(() => _isSuspended = true);

    /// <summary>Lets the backup go on.</summary>
    public void Resume() => Change(() => _isSuspended = false);

    /// <summary>Ends the backup within a step, suspended or not; nothing is left behind.</summary>
    public void Stop() => Change(() =>
    {
        _isStopRequested = true;
        _running?.Cancel();
    });

    /// <summary>Ties it to a run, which a stop then cancels, until disposal.</summary>
    internal IDisposable Attach(CancellationTokenSource running)
    {
        lock (_gate)
        {
            _running = running;
            if (_isStopRequested)
            {
                running.Cancel();
            }
        }

        return new Attachment(this, running.Token.UnsafeRegister(static control => ((BackupControl)control!).Change(() => { }), this));
    }

    /// <summary>Waits until the backup's being suspended is no longer what it was, the run is over, or the time is.</summary>
    internal void WaitWhile(bool suspended, TimeSpan limit, CancellationToken cancellationToken)
    {
        long until = Environment.TickCount64 + (long)Math.Min(Math.Ceiling(limit.TotalMilliseconds), int.MaxValue);
        lock (_gate)
        {
            while (_isSuspended == suspended && !cancellationToken.IsCancellationRequested)
            {
                long left = until - Environment.TickCount64;
                if (left <= 0)
                {
                    return;
                }

                Monitor.Wait(_gate, (int)left);
            }
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Attachment(BackupControl control, CancellationTokenRegistration registration) : IDisposable
    {
        public void Dispose()
        {
            lock (control._gate)
            {
                control._running = null;
            }

            registration.Dispose();
        }
    }
}
