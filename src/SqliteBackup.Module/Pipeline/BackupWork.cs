using SqliteBackup.Engine;

namespace SqliteBackup.Pipeline;

/// <summary>The backup of one database on a worker thread: what comes of it goes to the streams, how far it is to its progress row.</summary>
internal sealed class BackupWork(BackupRequest request, IStreams streams, ProgressReporter progress) : IWork
{
    private readonly ProgressReporter.Row _row = progress.Add();

    public void Run(Action<Action> post, CancellationToken cancellationToken)
    {
        bool failed = true;
        try
        {
            BackupResult result = DatabaseBackup.Run(request, new Observer(this, post), cancellationToken);
            failed = false;
            post(() => streams.WriteObject(result));
        }
        catch (SqliteBackupException exception)
        {
            post(() => streams.WriteError(ErrorRecords.Create(exception, request.Database)));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            post(() => streams.WriteError(ErrorRecords.CreateUnexpected(exception, request.Database)));
        }
        finally
        {
            post(() => progress.End(_row, failed));
        }
    }

    private sealed class Observer(BackupWork work, Action<Action> post) : IBackupObserver
    {
        public void OnProgress(BackupProgress value) => post(() => work.Report(value));

        public void OnWarning(string message) => post(() => work.Warn(message));
    }

    private void Report(BackupProgress value) => progress.Report(_row, value);

    private void Warn(string message) => streams.WriteWarning(message);
}
