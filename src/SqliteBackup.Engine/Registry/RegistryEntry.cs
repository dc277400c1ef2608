using System.Diagnostics;

namespace SqliteBackup.Registry;

/// <summary>
/// One backup in the registry, from when it is queued to its end. As the backup's observer it only keeps the latest value; a thread of the
/// registry's own writes it down, so the copy does not wait for the disk.
/// </summary>
public sealed class RegistryEntry : IBackupObserver
{
    // Rows on a screen are read by people: more often would be work for nobody.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Of many small databases most have had their turn before anybody could look for them: a queue is worth its files where it lasts.
    private static readonly TimeSpan BriefQueue = TimeSpan.FromSeconds(2);

    private readonly BackupRegistry _registry;
    private readonly bool _isShown;
    private readonly object _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private BackupStatus _status;
    private BackupStatus? _written;
    private TimeSpan _writtenAt = -Interval;
    private bool _hasBegun;
    private bool _hasEnded;

    internal RegistryEntry(BackupRegistry registry, string id, string database, string backup, bool isShown)
    {
        _registry = registry;
        _isShown = isShown;
        _status = new BackupStatus
        {
            Id = id,
            Database = database,
            Backup = backup,
            State = BackupState.Queued,
            StartedAt = DateTime.UtcNow,
            ProcessId = Environment.ProcessId,
        };
    }

    /// <summary>What the backup is called.</summary>
    public string Id => _status.Id;

    /// <summary>Steers the backup, with what other sessions want of it. Hand it to the backup.</summary>
    public BackupControl Control { get; } = new();

    /// <inheritdoc/>
    public void OnProgress(BackupProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        lock (_gate)
        {
            _hasBegun = true;

            // How it ended is for End to say, together with why.
            bool ends = progress.State is BackupState.Completed or BackupState.Failed or BackupState.Stopped;
            _status = _status with
            {
                State = ends ? _status.State : progress.State,
                WaitingFor = progress.WaitingFor,
                PageSize = progress.PageSize,
                PageCount = progress.PageCount,
                Remaining = progress.Remaining,
                BytesPerSecond = progress.BytesPerSecond,
                Restarts = progress.Restarts,
                BusyRetries = progress.BusyRetries,
                WalBytes = progress.WalBytes,
            };
        }
    }

    /// <inheritdoc/>
    public void OnWarning(string message)
    {
        lock (_gate)
        {
            _status = _status with { Message = message };
        }
    }

    /// <summary>What is wrong with the registry and was not said before in this process, or null.</summary>
    public string? TakeProblem() => _registry.TakeProblem();

    /// <summary>Writes down how the backup ended. Only the first call does anything.</summary>
    /// <param name="state">Completed, Failed or Stopped.</param>
    /// <param name="message">Why, or null to leave the last warning.</param>
    public void End(BackupState state, string? message = null)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            SetEnd(state, message);
            WriteDown();
        }

        _registry.Remove(this);
    }

    /// <summary>Writes down how the backup stands, if that has changed and is due.</summary>
    internal void WriteIfDue()
    {
        lock (_gate)
        {
            if (_written is null && _status.State == BackupState.Queued && _clock.Elapsed < BriefQueue)
            {
                return;
            }

            // Copying and waiting take turns many times a second.
            bool takesTurns = IsCopy(_status.State) && IsCopy(_written?.State);
            if (_clock.Elapsed - _writtenAt >= Interval || (!takesTurns && _status.State != _written?.State))
            {
                WriteDown();
            }
        }
    }

    /// <summary>Writes down how the backup stands, if that has changed.</summary>
    internal void Write()
    {
        lock (_gate)
        {
            WriteDown();
        }
    }

    /// <summary>Does what a user wants.</summary>
    internal void Obey(ControlAction action)
    {
        switch (action)
        {
            case ControlAction.Suspend:
                Control.Suspend();
                break;
            case ControlAction.Resume:
                Control.Resume();
                break;
            case ControlAction.Stop:
                Control.Stop();
                break;
        }

        ShowQueued();
    }

    // A backup whose turn has not come says nothing by itself.
    private void ShowQueued()
    {
        lock (_gate)
        {
            if (_hasBegun || _hasEnded)
            {
                return;
            }

            if (Control.IsStopRequested)
            {
                SetEnd(BackupState.Stopped, null);
            }
            else
            {
                _status = _status with { State = Control.IsSuspended ? BackupState.Paused : BackupState.Queued };
            }
        }
    }

    private static bool IsCopy(BackupState? state) => state is BackupState.Copying or BackupState.Waiting;

    private void SetEnd(BackupState state, string? message) =>
        _status = _status with
        {
            State = state,
            WaitingFor = BackupWait.None,
            EndedAt = DateTime.UtcNow,
            Message = message ?? _status.Message,
        };

    private void WriteDown()
    {
        if (!_isShown || ReferenceEquals(_status, _written))
        {
            return;
        }

        _status = _status with { Elapsed = _clock.Elapsed };
        _written = _status;
        _writtenAt = _clock.Elapsed;
        try
        {
            PrivateFile.Write(Path.Combine(_registry.Folder, Id + RegistryNames.StatusSuffix), StatusJson.Write(_status));
        }
        catch (Exception exception) when (PrivateFile.IsFileError(exception))
        {
            _registry.Report(exception);
        }
    }
}
