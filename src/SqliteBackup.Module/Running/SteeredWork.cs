using SqliteBackup.Output;
using SqliteBackup.Registry;

namespace SqliteBackup.Running;

/// <summary>A backup or restore that all sessions of this user see and can stop.</summary>
/// <param name="database">The full path of the database.</param>
/// <param name="backup">The full path or location of the backup.</param>
/// <param name="streams">Where what comes of it goes.</param>
/// <param name="progress">Its progress rows.</param>
internal abstract class SteeredWork(string database, string backup, IStreams streams, ProgressReporter progress) : OperationWork(streams, progress)
{
    private readonly RegistryEntry _entry = BackupRegistry.Current.Post(database, backup);
    private volatile bool _isOwnStop;

    /// <summary>Steers it, with what other sessions want of it.</summary>
    protected BackupControl Control => _entry.Control;

    protected sealed override SqliteBackupException? StoppedByOthers => _isOwnStop ? null : Stopped;

    /// <summary>What is said when another session stopped it.</summary>
    protected abstract SqliteBackupException Stopped { get; }

    /// <summary>Ends it as Stop-SqliteBackup does.</summary>
    public void Stop()
    {
        _isOwnStop = true;
        _entry.Control.Stop();
    }

    protected override void OnProgress(BackupProgress value) => _entry.OnProgress(value);

    protected override void OnWarning(string message) => _entry.OnWarning(message);

    protected override void OnEnd(BackupState state, string? message) => _entry.End(state, message);

    protected override void Report(Action<Action> post)
    {
        if (_entry.TakeProblem() is string problem)
        {
            post(() => Streams.WriteWarning(problem));
        }
    }
}
