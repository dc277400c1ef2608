using System.Collections.Concurrent;
using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests;

/// <summary>A backup on a thread of its own, for a test to watch and steer.</summary>
internal sealed class SteeredBackup : IBackupObserver, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Task<BackupResult> _task;
    private readonly CancellationTokenSource _cancel = new();

    public SteeredBackup(string database, string destination, CopyOptions copy, Action<BackupControl>? before = null, Func<BackupRequest, BackupRequest>? request = null)
    {
        before?.Invoke(Control);
        var plain = new BackupRequest { Database = database, Destination = destination, Copy = copy };
        BackupRequest wanted = request?.Invoke(plain) ?? plain;
        _task = Task.Factory.StartNew(
            () => DatabaseBackup.Run(wanted, this, Control, _cancel.Token), _cancel.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public BackupControl Control { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = [];

    public BackupProgress? Latest { get; private set; }

    public BackupProgress? Final => _task.IsCompleted ? Latest : null;

    /// <summary>Waits for a report.</summary>
    public BackupProgress WaitFor(Func<BackupProgress, bool> condition)
    {
        BackupProgress? seen = null;
        bool found = SpinWait.SpinUntil(() => Latest is { } latest && condition(seen = latest), Patience);
        Assert.True(found, $"What the test waited for did not happen; {seen}, {_task.Exception}");
        return seen!;
    }

    public void Suspend()
    {
        Control.Suspend();
        WaitFor(progress => progress.State == BackupState.Paused);
    }

    /// <summary>Stops it, and asserts that it takes half a second at most, or what a busy machine makes of that.</summary>
    public void Stop()
    {
        Control.Stop();
        Assert.True(Task.WaitAny([_task], TimeSpan.FromSeconds(5)) == 0, "The backup did not end within five seconds of being stopped.");
        Assert.True(_task.IsCanceled || _task.Exception?.InnerException is OperationCanceledException, $"{_task.Exception}");
    }

    public BackupResult Join()
    {
        Assert.True(Task.WaitAny([_task], Patience) == 0, "The backup did not end.");
        return _task.GetAwaiter().GetResult();
    }

    public void OnProgress(BackupProgress progress) => Latest = progress;

    public void OnWarning(string message) => Warnings.Enqueue(message);

    public void Dispose()
    {
        _cancel.Cancel();
        Task.WaitAny([_task], Patience);
        _cancel.Dispose();
    }
}
