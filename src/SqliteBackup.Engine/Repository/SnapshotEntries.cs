using SqliteBackup.Catalog;

namespace SqliteBackup.Repository;

/// <summary>What a list of backups shows of those in a repository.</summary>
/// <param name="location">The repository's location, as its backups' addresses begin.</param>
/// <param name="opened">The repository.</param>
/// <param name="warn">Told of manifests that can't be read.</param>
internal sealed class SnapshotEntries(string location, OpenRepository opened, Action<string> warn)
{
    /// <summary>The entry of a backup, whose manifest is read where it has to be.</summary>
    public CatalogEntry Of(RepositorySnapshot snapshot, DateTime now, CancellationToken cancellationToken)
    {
        // What restic wrote anew has its manifest only beside the database.
        BackupManifest? manifest = snapshot.Manifest ?? ReadManifest(snapshot, cancellationToken);
        return manifest is not null ? Of(snapshot, manifest, now) : new CatalogEntry
        {
            Database = snapshot.Database,
            Host = snapshot.Host,
            Backup = SnapshotLocation.Of(location, snapshot),
            SnapshotTakenAt = snapshot.TakenAt,
            Age = now - snapshot.TakenAt,
            SharesBytes = true,
            ManifestState = ManifestState.Missing,
        };
    }

    /// <summary>The entry of a backup with this manifest.</summary>
    public CatalogEntry Of(RepositorySnapshot snapshot, BackupManifest manifest, DateTime now) =>
        CatalogEntries.Of(SnapshotLocation.Of(location, snapshot), manifest.StoredBytes, manifest, now) with
        {
            StoredBytes = snapshot.BytesAdded ?? 0,
            SharesBytes = true,
        };

    private BackupManifest? ReadManifest(RepositorySnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            return opened.Session(cancellationToken).ReadManifest(snapshot, cancellationToken);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt)
        {
            warn($"The manifest of '{SnapshotLocation.Of(location, snapshot)}' can't be read: {exception.Message}");
            return null;
        }
    }
}
