namespace SqliteBackup.Operation;

/// <summary>Work on a thread of its own beside what the calling thread does meanwhile. Disposing it ends it, and waits for that.</summary>
/// <typeparam name="T">What it comes to.</typeparam>
internal sealed class SideWork<T> : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task<T> _task;
    private bool _isDisposed;

    /// <summary>Starts it.</summary>
    /// <param name="work">The work; it looks at its token often.</param>
    /// <param name="cancellationToken">Ends it from outside.</param>
    public SideWork(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Not on the pool: side work that waits for side work of its own would use up its threads.
        _task = Task.Factory.StartNew(() => work(_stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="betweenLooks">Called once at least, and again and again meanwhile; it may throw.</param>
    /// <returns>What it came to, or what it threw.</returns>
    public T Wait(Action? betweenLooks = null)
    {
        do
        {
            betweenLooks?.Invoke();
        }
        while (Task.WaitAny([_task], ProgressMeter.Interval) < 0);

        return _task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _stop.Cancel();
            _ = Task.WaitAny(_task);
            _stop.Dispose();
        }
    }
}
