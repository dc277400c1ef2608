using SqliteBackup.Backup;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>The backup of one database.</summary>
internal sealed class BackupWork(BackupRequest request, IStreams streams, ProgressReporter progress)
    : SteeredWork(request.Database, request.Destination, streams, progress)
{
    protected override string Target => request.Database;

    protected override SqliteBackupException Stopped => new(
        BackupFailure.BackupFailed,
        request.Destination,
        $"The backup of '{request.Database}' was ended by Stop-SqliteBackup, perhaps from another session. Nothing was left at '{request.Destination}'. Run the command again when it may run to its end.");

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken) =>
        DatabaseBackup.Run(request, observer, Control, cancellationToken);

    protected override SqliteBackupException Unexpected(Exception exception) =>
        ErrorRecords.Unexpected(exception, request.Database, BackupFailure.BackupFailed, "backed up");
}
