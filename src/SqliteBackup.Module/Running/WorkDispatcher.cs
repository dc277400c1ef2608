using System.Collections.Concurrent;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>
/// Runs work on threads of its own, a limited number at a time, while one thread, the pipeline's, writes what they say:
/// PowerShell lets no other thread write. However it ends, it ends only after every worker has.
/// </summary>
/// <remarks>
/// The pipeline thread starts waiting work only after it has written what came before. So <c>Select-Object -First 1</c> over many
/// databases starts none that nobody is told of; only what already ran, or waited, beside the first one may end well unseen.
/// </remarks>
internal sealed class WorkDispatcher : IDisposable
{
    private readonly int _limit;
    private readonly ProgressReporter _progress;
    private readonly CancellationTokenSource _stop;
    private readonly BlockingCollection<Message> _messages = [];
    private readonly Queue<IWork> _waiting = new();
    private readonly List<IWork> _parked = [];
    private readonly Queue<IWork> _ready = new();
    private readonly BlockingCollection<Action> _started = [];
    private readonly List<Thread> _workers = [];
    private int _running;
    private bool _isDisposed;

    /// <param name="limit">How many pieces of work run at once.</param>
    /// <param name="progress">Given time between messages, and completed when the work ends, however it ends.</param>
    /// <param name="stopToken">Stops it, as <see cref="Stop"/> does.</param>
    public WorkDispatcher(int limit, ProgressReporter progress, CancellationToken stopToken = default)
    {
        _limit = limit;
        _progress = progress;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopToken);
    }

    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Takes up work, starts it when there is room, and writes what is there to write. Does not wait.</summary>
    public void Add(IWork work)
    {
        _waiting.Enqueue(work);
        Guarded(() =>
        {
            StartWaiting();
            while (_messages.TryTake(out Message? message))
            {
                Handle(message);
            }

            _progress.Tick();
        });
    }

    /// <summary>Writes what the workers say until all work has ended.</summary>
    public void Complete() => Guarded(() =>
    {
        while (_running > 0 || (_parked.Count > 0 && !IsStopping))
        {
            if (_running == 0)
            {
                // Nobody else comes to share anything with: the first one ends the wait of all.
                MakeReady(_parked[0]);
                StartWaiting();
            }

            if (_messages.TryTake(out Message? message, _progress.Tick()))
            {
                Handle(message);
            }
        }

        DropWaiting();
        _progress.CompleteAll();
    });

    /// <summary>Asks every worker to end and drops the work that waits. Any thread may call it; it does not wait.</summary>
    public void Stop()
    {
        lock (_stop)
        {
            if (!_isDisposed)
            {
                _stop.Cancel();
            }
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        Halt();
        _started.CompleteAdding();
        _workers.ForEach(worker => worker.Join());
        lock (_stop)
        {
            // Ctrl+C may come this very moment, from another thread.
            _isDisposed = true;
            _stop.Dispose();
        }

        _started.Dispose();
        _messages.Dispose();
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch
        {
            // Writing ended the pipeline: Ctrl+C, Select-Object -First, -ErrorAction Stop, a broken downstream command.
            Halt();
            throw;
        }
    }

    private void Halt()
    {
        Stop();
        while (_running > 0)
        {
            Handle(_messages.Take());
        }

        DropWaiting();
        _progress.CompleteAll();
    }

    private void DropWaiting()
    {
        _parked.ForEach(_ready.Enqueue);
        _parked.Clear();
        while (_ready.TryDequeue(out IWork? work) || _waiting.TryDequeue(out work))
        {
            work.Drop();
        }
    }

    private void Handle(Message message)
    {
        if (message.IsEnd)
        {
            _running--;
        }

        if (message.Parked is IWork parked)
        {
            _parked.Add(parked);
        }

        if (!IsStopping)
        {
            message.Write?.Invoke();
            StartWaiting();
        }
    }

    private void StartWaiting()
    {
        while (_running < _limit && !IsStopping && Next() is Action work)
        {
            _running++;
            _started.Add(work);
            if (_workers.Count < _running)
            {
                // They stay for the next work: a new thread's memory is new to it, which costs more than a small database's copy.
                var worker = new Thread(RunStarted) { IsBackground = true, Name = "SqliteBackup worker" };
                _workers.Add(worker);
                worker.Start();
            }
        }
    }

    private Action? Next() =>
        _ready.TryDequeue(out IWork? ready) ? () => Run(ready, Conclude)
        : _waiting.TryDequeue(out IWork? waiting) ? () => Run(waiting, Begin)
        : null;

    private void MakeReady(IWork work)
    {
        if (_parked.Remove(work))
        {
            _ready.Enqueue(work);
        }
    }

    private void RunStarted()
    {
        foreach (Action work in _started.GetConsumingEnumerable())
        {
            work();
        }
    }

    private void Run(IWork work, Func<IWork, Task?> run)
    {
        Task? waiting = null;
        try
        {
            waiting = run(work);
        }
        catch (OperationCanceledException) when (IsStopping)
        {
            // Asked for by a user: no error.
        }
        finally
        {
            _messages.Add(new Message(null, IsEnd: true, Parked: waiting is null ? null : work));
            _ = waiting?.ContinueWith(_ => Wake(work), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private Task? Begin(IWork work) => work.Run(Post, _stop.Token);

    private Task? Conclude(IWork work)
    {
        work.Conclude(Post, _stop.Token);
        return null;
    }

    private void Post(Action write) => _messages.Add(new Message(write));

    // What it waited for may end when nobody listens any more.
    private void Wake(IWork work)
    {
        lock (_stop)
        {
            if (!_isDisposed)
            {
                Post(() => MakeReady(work));
            }
        }
    }

    private sealed record Message(Action? Write, bool IsEnd = false, IWork? Parked = null);
}
