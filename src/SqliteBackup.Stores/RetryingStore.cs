using SqliteBackup.Storage;

namespace SqliteBackup.Stores;

/// <summary>A layer around a store that tries again, and reads on where a connection was lost.</summary>
internal sealed class RetryingStore(IBackupStore inner, RetryPolicy retry) : IBackupStore
{
    public string Location => inner.Location;

    public StorePromises Promises => inner.Promises;

    public StoredFile? Stat(string name, CancellationToken cancellationToken) =>
        retry.Run(() => inner.Stat(name, cancellationToken), cancellationToken);

    public IEnumerable<StoredFile> List(string prefix, bool recurse, CancellationToken cancellationToken) =>
        retry.Run(() => inner.List(prefix, recurse, cancellationToken).ToList(), cancellationToken);

    public Stream OpenRead(string name, long offset, long? length, CancellationToken cancellationToken) =>
        new ResumingStream(inner, name, offset, length, retry, cancellationToken);

    public StoredFile Put(string name, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        bool triedBefore = false;
        return retry.Run(
            () =>
            {
                try
                {
                    return inner.Put(name, content, mode, cancellationToken);
                }
                catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.DestinationExists && triedBefore)
                {
                    // The answer to the first try may have been lost on its way, and the file be ours.
                    if (OwnUpload.Find(inner, name, content, cancellationToken) is StoredFile own)
                    {
                        return own;
                    }

                    throw;
                }
                finally
                {
                    triedBefore = true;
                }
            },
            cancellationToken);
    }

    public void Delete(string name, CancellationToken cancellationToken) => retry.Run(
        () =>
        {
            inner.Delete(name, cancellationToken);
            return true;
        },
        cancellationToken);

    public void SweepAbandoned(CancellationToken cancellationToken) => retry.Run(
        () =>
        {
            inner.SweepAbandoned(cancellationToken);
            return true;
        },
        cancellationToken);

    public void Dispose() => inner.Dispose();
}
