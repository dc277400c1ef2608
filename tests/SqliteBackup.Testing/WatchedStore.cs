using SqliteBackup.Storage;

namespace SqliteBackup.Testing;

/// <summary>A store that tells of every request before it is made. What is thrown then is the store's answer.</summary>
public sealed class WatchedStore(IBackupStore inner, Action<StoreRequest, string> before) : IBackupStore
{
    public string Location => inner.Location;

    public StorePromises Promises => inner.Promises;

    public StoredFile? Stat(string name, CancellationToken cancellationToken)
    {
        before(StoreRequest.Stat, name);
        return inner.Stat(name, cancellationToken);
    }

    public IEnumerable<StoredFile> List(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        before(StoreRequest.List, prefix);
        return inner.List(prefix, recurse, cancellationToken);
    }

    public Stream OpenRead(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        before(StoreRequest.Read, name);
        return inner.OpenRead(name, offset, length, cancellationToken);
    }

    public StoredFile Put(string name, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        before(StoreRequest.Put, name);
        return inner.Put(name, content, mode, cancellationToken);
    }

    public void Delete(string name, CancellationToken cancellationToken)
    {
        before(StoreRequest.Delete, name);
        inner.Delete(name, cancellationToken);
    }

    public void SweepAbandoned(CancellationToken cancellationToken) => inner.SweepAbandoned(cancellationToken);

    /// <summary>The store below is its owner's to close.</summary>
    public void Dispose()
    {
    }
}

/// <summary>What a store is asked for.</summary>
public enum StoreRequest
{
    Stat,
    List,
    Read,
    Put,
    Delete,
}
