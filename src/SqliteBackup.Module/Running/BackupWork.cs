using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Registry;

namespace SqliteBackup.Running;

/// <summary>The backup of one database, which all sessions see on the board and can steer.</summary>
internal sealed class BackupWork(BackupRequest request, IStreams streams, ProgressReporter progress) : OperationWork(streams, progress)
{
    private readonly RegistryEntry _entry = BackupRegistry.Current.Post(request);

    protected override string Target => request.Database;

    protected override string StoppedWarning =>
        $"The backup of '{request.Database}' was stopped on a user's wish (Stop-SqliteBackup). Nothing was left at '{request.Destination}'.";

    /// <summary>Ends the backup as Stop-SqliteBackup does.</summary>
    public void Stop() => _entry.Control.Stop();

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
