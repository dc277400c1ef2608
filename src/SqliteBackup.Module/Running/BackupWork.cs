using SqliteBackup.Backup;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>The backup of one database.</summary>
internal sealed class BackupWork(BackupRequest request, IStreams streams, ProgressReporter progress)
    : SteeredWork(request.Database, request.Destination, streams, progress)
{
    private StartedBackup? _started;

    public override void Drop()
    {
        _started?.Dispose();
        base.Drop();
    }

    protected override string Target => request.Database;

    protected override SqliteBackupException Stopped => new(
        BackupFailure.BackupFailed,
        request.Destination,
        $"The backup of '{request.Database}' was ended by Stop-SqliteBackup, perhaps from another session. Nothing was left at '{request.Destination}'. Run the command again when it may run to its end.");

    protected override Task? Begin(IBackupObserver observer, CancellationToken cancellationToken)
    {
        _started = DatabaseBackup.Start(request, observer, Control, cancellationToken);
        return _started.Stored.IsCompleted ? null : _started.Stored;
    }

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken)
    {
        using StartedBackup started = _started!;
        return started.Finish();
    }

    protected override SqliteBackupException Unexpected(Exception exception) =>
        ErrorRecords.Unexpected(exception, request.Database, BackupFailure.BackupFailed, "backed up");
}
