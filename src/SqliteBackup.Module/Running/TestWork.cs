using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Verify;

namespace SqliteBackup.Running;

/// <summary>The test of one backup.</summary>
internal sealed class TestWork(string backup, BackupTestRequest request, BackupCatalog catalog, Action<BackupTestResult> onResult, IStreams streams, ProgressReporter progress)
    : OperationWork(streams, progress)
{
    protected override string Target => backup;

    // Tests are not seen from other sessions.
    protected override SqliteBackupException? StoppedByOthers => null;

    protected override object? Do(IBackupObserver observer, CancellationToken cancellationToken)
    {
        using FetchedBackup fetched = catalog.Fetch(backup, (done, total) => observer.OnProgress(Progress(BackupState.Downloading, done, total)), cancellationToken);
        observer.OnProgress(Progress(BackupState.Checking, 0, new FileInfo(fetched.Path).Length));
        try
        {
            BackupTestResult result = BackupTest.Run(request with { Path = fetched.Path }, cancellationToken);
            Record(fetched, result, observer, cancellationToken);
            return result with { Backup = backup, Findings = [.. result.Findings.Select(fetched.Name)] };
        }
        catch (SqliteBackupException exception)
        {
            throw fetched.Name(exception);
        }
    }

    protected override void Write(object result)
    {
        base.Write(result);
        onResult((BackupTestResult)result);
    }

    protected override SqliteBackupException Unexpected(Exception exception) => ErrorRecords.Unexpected(exception, backup, BackupFailure.BackupFailed, "tested");

    private void Record(FetchedBackup fetched, BackupTestResult result, IBackupObserver observer, CancellationToken cancellationToken)
    {
        try
        {
            TestRecord.Write(catalog, fetched, result, cancellationToken);
        }
        catch (SqliteBackupException exception)
        {
            observer.OnWarning($"What was found could not be written into the manifest, so Get-SqliteBackup and Remove-SqliteBackup do not know of it. {exception.Message}");
        }
    }

    // In pages, as everything else about its progress.
    private BackupProgress Progress(BackupState state, long done, long total)
    {
        const int PageSize = 4096;
        return new BackupProgress
        {
            Database = backup,
            Backup = backup,
            State = state,
            PageSize = PageSize,
            PageCount = total / PageSize,
            Remaining = (total - done) / PageSize,
        };
    }
}
