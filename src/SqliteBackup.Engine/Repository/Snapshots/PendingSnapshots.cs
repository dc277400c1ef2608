using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Snapshots;

/// <summary>Backups whose snapshots wait until what they need is stored. Safe to use from several threads.</summary>
internal sealed class PendingSnapshots
{
    private readonly object _gate = new();
    private readonly List<Item> _items = [];

    /// <summary>How long the oldest of them has waited, in milliseconds; 0 where there is none.</summary>
    public long LongestWait
    {
        get
        {
            lock (_gate)
            {
                return _items.Count == 0 ? 0 : Environment.TickCount64 - _items[0].Since;
            }
        }
    }

    /// <summary>Adds one.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="result">Makes what the task returns of the snapshot that was written.</param>
    /// <returns>Ends when the snapshot stands, or with what kept it from that.</returns>
    public Task<StoredBackup> Add(SnapshotFile file, Func<RepositorySnapshot, StoredBackup> result)
    {
        // Whoever waits goes on in a thread of its own, not in the middle of a flush.
        var completion = new TaskCompletionSource<StoredBackup>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _items.Add(new Item(file, result, completion, Environment.TickCount64));
        }

        return completion.Task;
    }

    /// <summary>Takes all of them away: whoever takes them ends them.</summary>
    public IReadOnlyList<Item> TakeAll()
    {
        lock (_gate)
        {
            Item[] taken = [.. _items];
            _items.Clear();
            return taken;
        }
    }

    /// <summary>One that waits.</summary>
    internal sealed class Item(SnapshotFile file, Func<RepositorySnapshot, StoredBackup> result, TaskCompletionSource<StoredBackup> completion, long since)
    {
        public SnapshotFile File => file;

        public long Since => since;

        public void Stands(RepositorySnapshot snapshot) => completion.TrySetResult(result(snapshot));

        public void Failed(Exception exception) => completion.TrySetException(exception);

        public void GivenUp() => completion.TrySetCanceled();
    }
}
