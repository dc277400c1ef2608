using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Registry;

namespace SqliteBackup.Running;

/// <summary>The backup of one database, which all sessions see in the registry and can steer.</summary>
internal sealed class BackupWork(BackupRequest request, IStreams streams, ProgressReporter progress) : OperationWork(streams, progress)
{
    private volatile bool _isOwnStop;
    private readonly RegistryEntry _entry = BackupRegistry.Current.Post(request.Database, request.Destination);

    protected override string Target => request.Database;

    protected override SqliteBackupException? StoppedByOthers => _isOwnStop
        ? null
        : new SqliteBackupException(
            BackupFailure.BackupFailed,
            request.Destination,
            $"The backup of '{request.Database}' was ended by Stop-SqliteBackup, perhaps from another session. Nothing was left at '{request.Destination}'. Run the command again when it may run to its end.");

    /// <summary>Ends the backup as Stop-SqliteBackup does.</summary>
    public void Stop()
    {
        _isOwnStop = true;
        _entry.Control.Stop();
    }

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken) =>
        DatabaseBackup.Run(request, observer, _entry.Control, cancellationToken);

    protected override SqliteBackupException Unexpected(Exception exception) =>
        ErrorRecords.Unexpected(exception, request.Database, BackupFailure.BackupFailed, "backed up");

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
