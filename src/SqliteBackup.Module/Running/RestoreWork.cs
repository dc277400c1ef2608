using SqliteBackup.Output;
using SqliteBackup.Restore;

namespace SqliteBackup.Running;

/// <summary>The restore of one database.</summary>
internal sealed class RestoreWork(RestoreRequest request, bool passThru, IStreams streams, ProgressReporter progress) : OperationWork(streams, progress)
{
    protected override string Target => request.Backup;

    protected override SqliteBackupException? StoppedByOthers =>
        new(BackupFailure.RestoreFailed, request.Database, $"The restore of '{request.Database}' was stopped; it is as it was.");

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken)
    {
        RestoreResult result = DatabaseRestore.Run(request, observer, cancellationToken);
        return passThru ? result : null;
    }

    protected override SqliteBackupException Unexpected(Exception exception) =>
        ErrorRecords.Unexpected(exception, request.Database, BackupFailure.RestoreFailed, "restored");
}
