using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>The manifests beside the backups of a store.</summary>
internal sealed class StoreManifests(IBackupStore store)
{
    private readonly ManifestCache _cache = new();

    /// <summary>Reads the manifest of a backup that a listing told of.</summary>
    /// <param name="file">The manifest, or null where the listing has none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found, and the manifest where it could be read.</returns>
    /// <exception cref="SqliteBackupException">The store did not answer, or refused.</exception>
    public (ManifestState State, BackupManifest? Manifest) Read(StoredFile? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return (ManifestState.Missing, null);
        }

        if (file.Bytes is 0 or > ManifestFile.MaxBytes)
        {
            return (ManifestState.Damaged, null);
        }

        if (_cache.Find(store.Location, file) is byte[] kept && ManifestFile.Parse(kept) is { Manifest: not null } known)
        {
            return known;
        }

        byte[]? bytes = Load(file.Name, cancellationToken);
        if (bytes is null)
        {
            return (ManifestState.Missing, null);
        }

        (ManifestState State, BackupManifest? Manifest) read = ManifestFile.Parse(bytes);
        if (read.Manifest is not null)
        {
            _cache.Keep(store.Location, file, bytes);
        }

        return read;
    }

    /// <summary>Reads the manifest of a backup as it is now.</summary>
    /// <param name="name">The backup's name in the store.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public (ManifestState State, BackupManifest? Manifest) ReadNow(string name, CancellationToken cancellationToken) =>
        Load(NameOf(name), cancellationToken) is byte[] bytes ? ManifestFile.Parse(bytes) : (ManifestState.Missing, null);

    /// <summary>Writes the manifest of a backup, replacing the one that is there.</summary>
    public void Write(string name, BackupManifest manifest, CancellationToken cancellationToken) =>
        store.Put(NameOf(name), StoreContent.FromMemory(ManifestFile.BytesOf(manifest)), PutMode.Replace, cancellationToken);

    /// <summary>Takes the manifest of a backup that is about to be replaced away: it must not outlive what it describes.</summary>
    public void Withdraw(string name, CancellationToken cancellationToken) => store.Delete(NameOf(name), cancellationToken);

    /// <summary>The name of a backup's manifest.</summary>
    public static string NameOf(string backup) => backup + BackupManifest.FileSuffix;

    private byte[]? Load(string name, CancellationToken cancellationToken)
    {
        try
        {
            using Stream stream = store.OpenRead(name, 0, ManifestFile.MaxBytes + 1, cancellationToken);
            using var content = new MemoryStream();
            StreamCopy.Run(stream, content, _ => cancellationToken.ThrowIfCancellationRequested());
            return content.ToArray();
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.BackupNotFound)
        {
            return null;
        }
    }
}
