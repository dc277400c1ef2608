using SqliteBackup.Output;
using SqliteBackup.Restore;

namespace SqliteBackup.Running;

/// <summary>The restore of one database on a worker thread: what comes of it goes to the streams, how far it is to its progress row.</summary>
internal sealed class RestoreWork(RestoreRequest request, bool passThru, IStreams streams, ProgressReporter progress) : IWork
{
    private readonly ProgressReporter.Row _row = progress.Add();

    public void Run(Action<Action> post, CancellationToken cancellationToken)
    {
        bool failed = true;
        try
        {
            RestoreResult result = DatabaseRestore.Run(request, new Observer(this, post), cancellationToken);
            failed = false;
            if (passThru)
            {
                post(() => streams.WriteObject(result));
            }
        }
        catch (SqliteBackupException exception)
        {
            post(() => streams.WriteError(ErrorRecords.Create(exception, request.Backup)));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            post(() => streams.WriteError(
                ErrorRecords.CreateUnexpected(exception, request.Database, BackupFailure.RestoreFailed, "restored")));
        }
        finally
        {
            post(() => progress.End(_row, failed));
        }
    }

    public void Drop()
    {
    }

    private sealed class Observer(RestoreWork work, Action<Action> post) : IBackupObserver
    {
        public void OnProgress(BackupProgress progress) => post(() => work.Report(progress));

        public void OnWarning(string message) => post(() => work.Warn(message));
    }

    private void Report(BackupProgress value) => progress.Report(_row, value);

    private void Warn(string message) => streams.WriteWarning(message);
}
