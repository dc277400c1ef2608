using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>
/// One backup or restore on a worker thread: what comes of it goes to the streams, how far it is to its progress row. It ends with one
/// result or one error, whatever happens.
/// </summary>
internal abstract class OperationWork(IStreams streams, ProgressReporter progress) : IWork
{
    private readonly ProgressReporter.Row _row = progress.Add();

    /// <summary>How it ended; Queued before that.</summary>
    public BackupState Outcome { get; private set; } = BackupState.Queued;

    protected IStreams Streams => streams;

    /// <summary>What its errors are about.</summary>
    protected abstract string Target { get; }

    public Task? Run(Action<Action> post, CancellationToken cancellationToken)
    {
        Task? waiting = null;
        Attempt(
            post,
            observer => (waiting = Begin(observer, cancellationToken)) is null ? Do(observer, cancellationToken) : null,
            () => waiting is null,
            cancellationToken);
        return waiting;
    }

    public void Conclude(Action<Action> post, CancellationToken cancellationToken) =>
        Attempt(post, observer => Do(observer, cancellationToken), () => true, cancellationToken);

    public virtual void Drop() => End(BackupState.Stopped, null);

    /// <summary>Writes what came of it. On the pipeline's thread.</summary>
    protected virtual void Write(object result) => streams.WriteObject(result);

    /// <summary>Does what comes before it waits for others.</summary>
    /// <returns>What it waits for, or null where it waits for nothing.</returns>
    protected virtual Task? Begin(IBackupObserver observer, CancellationToken cancellationToken) => null;

    /// <summary>Does it, or what is left of it.</summary>
    /// <returns>What to write, or null.</returns>
    protected abstract object? Do(IBackupObserver observer, CancellationToken cancellationToken);

    /// <summary>
    /// What is said when somebody stopped it from another session: who waits for it did not ask for that, and must not take it for done. Null
    /// where it was what its own session asked for.
    /// </summary>
    protected abstract SqliteBackupException? StoppedByOthers { get; }

    /// <summary>What nobody foresaw, as a failure of this one operation.</summary>
    protected abstract SqliteBackupException Unexpected(Exception exception);

    protected virtual void OnProgress(BackupProgress value)
    {
    }

    protected virtual void OnWarning(string message)
    {
    }

    /// <summary>Takes the chance to say what is wrong with the reporting itself.</summary>
    protected virtual void Report(Action<Action> post)
    {
    }

    protected virtual void OnEnd(BackupState state, string? message)
    {
    }

    private void Attempt(Action<Action> post, Func<IBackupObserver, object?> work, Func<bool> hasEnded, CancellationToken cancellationToken)
    {
        try
        {
            object? result = work(new Observer(this, post));
            if (hasEnded())
            {
                End(BackupState.Completed, null);
            }

            if (result is not null)
            {
                post(() => Write(result));
            }
        }
        catch (SqliteBackupException exception)
        {
            End(BackupState.Failed, exception.Message);
            post(() => streams.WriteError(ErrorRecords.Create(exception, Target)));
        }
        catch (OperationCanceledException)
        {
            End(BackupState.Stopped, null);
            cancellationToken.ThrowIfCancellationRequested();
            if (StoppedByOthers is SqliteBackupException stopped)
            {
                post(() => streams.WriteError(ErrorRecords.CreateStopped(stopped, Target)));
            }
        }
        catch (Exception exception)
        {
            End(BackupState.Failed, exception.Message);
            post(() => streams.WriteError(ErrorRecords.Create(Unexpected(exception), Target)));
        }
        finally
        {
            Report(post);
            if (hasEnded())
            {
                post(() => progress.End(_row, Outcome == BackupState.Failed));
            }
        }
    }

    private void End(BackupState state, string? message)
    {
        Outcome = state;
        OnEnd(state, message);
    }

    private void Show() => progress.Show(_row);

    private sealed class Observer(OperationWork work, Action<Action> post) : IBackupObserver
    {
        public void OnProgress(BackupProgress value)
        {
            work.OnProgress(value);
            if (work._row.Take(value))
            {
                post(work.Show);
            }

            work.Report(post);
        }

        public void OnWarning(string message)
        {
            work.OnWarning(message);
            post(() => work.Streams.WriteWarning(message));
        }

        public void OnDetail(string message)
        {
            if (work.Streams.WantsVerbose)
            {
                post(() => work.Streams.WriteVerbose(message));
            }
        }
    }
}
