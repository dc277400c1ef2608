using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Registry;

namespace SqliteBackup.Running;

/// <summary>
/// The backup of one database on a worker thread: what comes of it goes to the streams, how far it is to its progress row and to the board
/// that all sessions see.
/// </summary>
internal sealed class BackupWork(BackupRequest request, IStreams streams, ProgressReporter progress) : IWork
{
    private readonly ProgressReporter.Row _row = progress.Add();
    private readonly RegistryEntry _entry = BackupRegistry.Current.Post(request);

    /// <summary>How it ended; Queued before that.</summary>
    public BackupState Outcome { get; private set; } = BackupState.Queued;

    /// <summary>Ends the backup as Stop-SqliteBackup does.</summary>
    public void Stop() => _entry.Control.Stop();

    public void Run(Action<Action> post, CancellationToken cancellationToken)
    {
        try
        {
            BackupResult result = DatabaseBackup.Run(request, new Observer(this, post), _entry.Control, cancellationToken);
            End(BackupState.Completed);
            post(() => streams.WriteObject(result));
        }
        catch (SqliteBackupException exception)
        {
            End(BackupState.Failed, exception.Message);
            post(() => streams.WriteError(ErrorRecords.Create(exception, request.Database)));
        }
        catch (OperationCanceledException)
        {
            End(BackupState.Stopped);
            cancellationToken.ThrowIfCancellationRequested();
            post(() => streams.WriteWarning(
                $"The backup of '{request.Database}' was stopped on a user's wish (Stop-SqliteBackup). Nothing was left at '{request.Destination}'."));
        }
        catch (Exception exception)
        {
            End(BackupState.Failed, exception.Message);
            post(() => streams.WriteError(ErrorRecords.CreateUnexpected(exception, request.Database)));
        }
        finally
        {
            WarnOfBoard(post);
            post(() => progress.End(_row, Outcome == BackupState.Failed));
        }
    }

    public void Drop() => End(BackupState.Stopped);

    private void End(BackupState state, string? message = null)
    {
        Outcome = state;
        _entry.End(state, message);
    }

    private void WarnOfBoard(Action<Action> post)
    {
        if (_entry.TakeProblem() is string problem)
        {
            post(() => streams.WriteWarning(problem));
        }
    }

    private void Report(BackupProgress value) => progress.Report(_row, value);

    private void Warn(string message) => streams.WriteWarning(message);

    private sealed class Observer(BackupWork work, Action<Action> post) : IBackupObserver
    {
        public void OnProgress(BackupProgress value)
        {
            work._entry.OnProgress(value);
            post(() => work.Report(value));
            work.WarnOfBoard(post);
        }

        public void OnWarning(string message)
        {
            work._entry.OnWarning(message);
            post(() => work.Warn(message));
        }
    }
}
