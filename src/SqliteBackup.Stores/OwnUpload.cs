using SqliteBackup.Storage;

namespace SqliteBackup.Stores;

/// <summary>Tells an upload of ours from another's: the answer to a request may be lost, and the next one finds its name taken by itself.</summary>
internal static class OwnUpload
{
    /// <summary>The file under the name where it has the very bytes that were to be put there; else null.</summary>
    public static StoredFile? Find(IBackupStore store, string name, StoreContent content, CancellationToken cancellationToken)
    {
        if (store.Stat(name, cancellationToken) is not StoredFile stored || stored.Bytes != content.Bytes)
        {
            return null;
        }

        using var theirs = new HashingStream(store.OpenRead(name, 0, null, cancellationToken));
        using var ours = new HashingStream(content.OpenRead());
        StreamCopy.Run(theirs, Stream.Null, _ => cancellationToken.ThrowIfCancellationRequested());
        StreamCopy.Run(ours, Stream.Null, _ => cancellationToken.ThrowIfCancellationRequested());
        return theirs.Sha256 == ours.Sha256 ? stored : null;
    }
}
