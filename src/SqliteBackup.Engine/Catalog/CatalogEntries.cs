namespace SqliteBackup.Catalog;

/// <summary>Describes backups, wherever they stand.</summary>
internal static class CatalogEntries
{
    /// <summary>A backup with a manifest.</summary>
    /// <param name="backup">Its full path or location.</param>
    /// <param name="size">The length of the file.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="now">The present, UTC.</param>
    public static CatalogEntry Of(string backup, long size, BackupManifest manifest, DateTime now)
    {
        bool fits = size == manifest.StoredBytes;
        return new CatalogEntry
        {
            Database = manifest.Source.Path,
            Host = manifest.Source.Host,
            Backup = backup,
            SnapshotTakenAt = manifest.SnapshotTakenAt,
            Age = now - manifest.SnapshotTakenAt,
            StartedAt = manifest.StartedAt,
            StoredBytes = size,
            Bytes = manifest.Bytes,
            Compression = manifest.Compression,
            IsEncrypted = manifest.IsEncrypted,
            Verified = fits && manifest.HasPassed,
            Check = manifest.Check.Answer,
            CheckLevel = manifest.Check.Level,
            ManifestState = fits ? ManifestState.Present : ManifestState.Mismatched,
            Manifest = manifest,
        };
    }

    /// <summary>A file without a manifest that can be read.</summary>
    /// <param name="backup">Its full path or location.</param>
    /// <param name="size">The length of the file.</param>
    /// <param name="modifiedAt">When it was written last, UTC.</param>
    /// <param name="probe">What its first bytes say.</param>
    /// <param name="state">What its manifest is like.</param>
    /// <param name="now">The present, UTC.</param>
    public static CatalogEntry Of(string backup, long size, DateTime modifiedAt, BackupProbe probe, ManifestState state, DateTime now) => new()
    {
        Backup = backup,
        SnapshotTakenAt = modifiedAt,
        Age = now - modifiedAt,
        StoredBytes = size,
        Bytes = probe.Bytes,
        Compression = probe.Compression,
        IsEncrypted = probe.IsEncrypted,
        ManifestState = state,
    };
}
