using System.Diagnostics.Tracing;
using SqliteBackup.Storage;

namespace SqliteBackup.Benchmarks;

/// <summary>A store that counts what is asked of it, and whose files look a day older: what is newer than ten minutes is not cached.</summary>
internal sealed class CountingStore(IBackupStore inner) : IBackupStore
{
    private int _listings;
    private int _reads;

    public int Listings => _listings;

    public int Reads => _reads;

    public string Location => inner.Location;

    public StorePromises Promises => inner.Promises;

    public StoredFile? Stat(string name, CancellationToken cancellationToken) => inner.Stat(name, cancellationToken);

    public IEnumerable<StoredFile> List(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _listings);
        return inner.List(prefix, recurse, cancellationToken).Select(file => file with { ModifiedAt = file.ModifiedAt.AddDays(-1) });
    }

    public Stream OpenRead(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return inner.OpenRead(name, offset, length, cancellationToken);
    }

    public StoredFile Put(string name, StoreContent content, PutMode mode, CancellationToken cancellationToken) => inner.Put(name, content, mode, cancellationToken);

    public void Delete(string name, CancellationToken cancellationToken) => inner.Delete(name, cancellationToken);

    public void SweepAbandoned(CancellationToken cancellationToken) => inner.SweepAbandoned(cancellationToken);

    // The store is its opener's.
    public void Dispose()
    {
    }
}

/// <summary>Counts the requests that this process sends over HTTP, as the platform itself tells them.</summary>
internal sealed class HttpRequestCount : EventListener
{
    private const string Started = "RequestStart";

    private int _count;

    public int Value => _count;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Net.Http")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName == Started)
        {
            Interlocked.Increment(ref _count);
        }
    }
}
