using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Restore;

namespace SqliteBackup.Running;

/// <summary>The restore of one database.</summary>
internal sealed class RestoreWork(RestoreRequest request, BackupCatalog catalog, bool passThru, IStreams streams, ProgressReporter progress)
    : SteeredWork(request.Database, request.Backup, streams, progress)
{
    protected override string Target => request.Backup;

    protected override SqliteBackupException Stopped => new(
        BackupFailure.RestoreFailed,
        request.Database,
        $"The restore of '{request.Database}' was ended by Stop-SqliteBackup, perhaps from another session; the database is as it was. Run the command again when it may run to its end.");

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken)
    {
        var pace = new DownloadPace(request.Copy.SharedRate, Control, cancellationToken);
        using FetchedBackup fetched = catalog.Fetch(
            request.Backup,
            (done, total) =>
            {
                pace.Pass(done);
                observer.OnProgress(Downloaded(done, total));
            },
            cancellationToken);
        try
        {
            RestoreResult result = DatabaseRestore.Run(request with { Backup = fetched.Path }, observer, Control, cancellationToken);
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
