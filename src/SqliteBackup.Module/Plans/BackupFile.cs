using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Plans;

/// <summary>A backup's file and its manifest, as bytes to be stored elsewhere.</summary>
internal sealed class BackupFile : StoreContent
{
    private readonly string _path;

    private BackupFile(string path, string? sha256)
    {
        _path = path;
        Bytes = new FileInfo(path).Length;
        Sha256 = sha256;
    }

    public override long Bytes { get; }

    public override string? Sha256 { get; }

    public override Stream OpenRead() => File.OpenRead(_path);

    /// <summary>Copies a backup into a folder, then its manifest: a kill in between leaves a backup that the next copy completes.</summary>
    /// <returns>The copy's full path, or null where it was there.</returns>
    /// <exception cref="SqliteBackupException">It can't be read or written, or is not what its manifest says.</exception>
    public static string? CopyTo(string backup, LocalStore folder)
    {
        string name = Path.GetFileName(backup);
        string manifest = backup + BackupManifest.FileSuffix;
        CatalogEntry known = FolderCatalog.Find(backup)
            ?? throw new SqliteBackupException(BackupFailure.BackupNotFound, backup, $"'{backup}' was not copied: it is gone. Run the plan again.");
        string copy = Path.Combine(folder.Location, name);
        if (FolderCatalog.Find(copy) is CatalogEntry there && there.Manifest?.Sha256 == known.Manifest?.Sha256 && there.ManifestState == ManifestState.Present)
        {
            return null;
        }

        try
        {
            _ = folder.Put(name, new BackupFile(backup, known.Manifest?.Sha256), PutMode.Replace, CancellationToken.None);
            _ = folder.Put(name + BackupManifest.FileSuffix, FromMemory(File.ReadAllBytes(manifest)), PutMode.Replace, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SqliteBackupException(BackupFailure.BackupFailed, copy, $"'{backup}' was not copied to '{folder.Location}': {exception.Message}", innerException: exception);
        }

        return copy;
    }
}
