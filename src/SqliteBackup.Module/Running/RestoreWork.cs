using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Restore;

namespace SqliteBackup.Running;

/// <summary>The restore of one database.</summary>
internal sealed class RestoreWork(RestoreRequest request, BackupCatalog catalog, bool passThru, IStreams streams, ProgressReporter progress)
    : OperationWork(streams, progress)
{
    protected override string Target => request.Backup;

    protected override SqliteBackupException? StoppedByOthers =>
        new(BackupFailure.RestoreFailed, request.Database, $"The restore of '{request.Database}' was stopped; it is as it was.");

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken)
    {
        using FetchedBackup fetched = catalog.Fetch(request.Backup, (done, total) => observer.OnProgress(Downloaded(done, total)), cancellationToken);
        try
        {
            RestoreResult result = DatabaseRestore.Run(request with { Backup = fetched.Path }, observer, cancellationToken);
            return passThru ? result with { Backup = request.Backup } : null;
        }
        catch (SqliteBackupException exception)
        {
            throw fetched.Name(exception);
        }
    }

    // In pages, as everything else about its progress.
    private BackupProgress Downloaded(long done, long total)
    {
        const int PageSize = 4096;
        return new BackupProgress
        {
            Database = request.Backup,
            Backup = request.Database,
            State = BackupState.Downloading,
            PageSize = PageSize,
            PageCount = total / PageSize,
            Remaining = (total - done) / PageSize,
        };
    }

    protected override SqliteBackupException Unexpected(Exception exception) =>
        ErrorRecords.Unexpected(exception, request.Database, BackupFailure.RestoreFailed, "restored");
}
