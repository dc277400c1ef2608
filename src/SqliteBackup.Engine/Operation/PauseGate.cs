namespace SqliteBackup.Operation;

/// <summary>What a copy does about its source while a user has it suspended.</summary>
internal interface IPausable
{
    /// <summary>Called when the pause begins.</summary>
    void Suspended();

    /// <summary>Called a few times a second during the pause.</summary>
    /// <returns>Whether the pause may last.</returns>
    bool MayStaySuspended();

    /// <summary>Called when the pause is over.</summary>
    void Resumed();
}

/// <summary>Where a backup holds still while a user has it suspended.</summary>
internal sealed class PauseGate(BackupControl control, ProgressMeter meter, CancellationToken cancellationToken)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private bool _isPassing;

    /// <summary>The copy that is under way, or null while none is.</summary>
    public IPausable? Copy { get; set; }

    /// <summary>Returns at once, or when the backup is resumed.</summary>
    /// <exception cref="OperationCanceledException">The backup is over.</exception>
    public void Pass()
    {
        // What the copy does about a pause may wait for a lock, and comes by here again.
        if (!control.IsSuspended || _isPassing)
        {
            return;
        }

        _isPassing = true;
        try
        {
            using (meter.Suspend())
            {
                Copy?.Suspended();
                while (control.IsSuspended)
                {
                    control.WaitWhile(suspended: true, BetweenLooks, cancellationToken);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Copy?.MayStaySuspended() == false)
                    {
                        control.Resume();
                    }
                }
            }

            Copy?.Resumed();
        }
        finally
        {
            _isPassing = false;
        }
    }

    /// <summary>Sleeps, unless the backup is suspended or over before.</summary>
    public void Sleep(TimeSpan duration)
    {
        if (_isPassing)
        {
            cancellationToken.WaitHandle.WaitOne(duration);
        }
        else
        {
            control.WaitWhile(suspended: false, duration, cancellationToken);
        }
    }
}
