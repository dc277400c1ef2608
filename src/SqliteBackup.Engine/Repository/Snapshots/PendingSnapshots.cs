using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Snapshots;

/// <summary>Backups whose snapshots wait until what they need is stored. Safe to use from several threads.</summary>
internal sealed class PendingSnapshots
{
    private readonly object _gate = new();
    private readonly List<Item> _items = [];

    /// <summary>Adds one.</summary>
    /// <param name="file">The snapshot.</param>
    /// <param name="result">Makes what the task returns of the snapshot that was written.</param>
    /// <param name="isFirst">Whether none waited before.</param>
    /// <returns>Ends when the snapshot stands, or with what kept it from that.</returns>
    public Task<StoredBackup> Add(SnapshotFile file, Func<RepositorySnapshot, StoredBackup> result, out bool isFirst)
    {
        // Whoever waits goes on in a thread of its own, not in the middle of a flush.
        var completion = new TaskCompletionSource<StoredBackup>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            isFirst = _items.Count == 0;
            _items.Add(new Item(file, result, completion));
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
    internal sealed class Item(SnapshotFile file, Func<RepositorySnapshot, StoredBackup> result, TaskCompletionSource<StoredBackup> completion)
    {
        public SnapshotFile File => file;

        public void Stands(RepositorySnapshot snapshot) => completion.TrySetResult(result(snapshot));

        public void Failed(Exception exception) => completion.TrySetException(exception);

        public void GivenUp() => completion.TrySetCanceled();
    }
}
