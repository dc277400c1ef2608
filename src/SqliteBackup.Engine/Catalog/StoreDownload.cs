using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>Downloads a backup of a store with its manifest into a private folder, once and whole.</summary>
internal sealed class StoreDownload(IBackupStore store, StoreManifests manifests, string stagingFolder)
{
    /// <summary>Downloads.</summary>
    /// <param name="name">The backup's name in the store.</param>
    /// <param name="backup">Its location.</param>
    /// <param name="betweenChunks">Told how many bytes came so far, and of how many; it may throw.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    public FetchedBackup Run(string name, string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken) =>
        StagingRoom.Guard(stagingFolder, backup, () => Fetch(name, backup, betweenChunks, cancellationToken));

    private FetchedBackup Fetch(string name, string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken)
    {
        StoredFile stored = store.Stat(name, cancellationToken) ?? throw new SqliteBackupException(
            BackupFailure.BackupNotFound, backup, $"There is no '{backup}'. See what there is with Get-SqliteBackup.");
        StagingRoom.ThrowIfLess(stagingFolder, stored.Bytes, backup);
        WorkFolder folder = WorkFolder.Create(stagingFolder);
        try
        {
            string path = Path.Combine(folder.Path, LocalNameOf(name));
            Write(path, name, stored, betweenChunks, cancellationToken);
            if (manifests.ReadNow(name, cancellationToken).Manifest is BackupManifest manifest)
            {
                ManifestFile.Write(path, manifest, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return new FetchedBackup(backup, path, folder, stored);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private void Write(string path, string name, StoredFile stored, Action<long, long> betweenChunks, CancellationToken cancellationToken)
    {
        long length = FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
        {
            using Stream content = store.OpenRead(name, 0, null, cancellationToken);
            using FileStream file = OwnerOnlyFile.Create(path, FileShare.Read);
            StreamCopy.Run(content, file, done =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                betweenChunks(done, stored.Bytes);
            });
            return file.Length;
        });
        if (length != stored.Bytes)
        {
            throw new SqliteBackupException(
                BackupFailure.StoreUnavailable,
                store.Location + name,
                $"'{store.Location}{name}' has {stored.Bytes:N0} bytes in the store, and {length:N0} came. Try again; if it stays so, the store is damaged or changes while it is read.");
        }
    }

    // Its ending says how it is stored. Another system's names need not be ones of this.
    private static string LocalNameOf(string name)
    {
        string leaf = name[(name.LastIndexOf('/') + 1)..];
        return string.Concat(leaf.Select(c => Path.GetInvalidFileNameChars().Contains(c) ? '_' : c));
    }
}
