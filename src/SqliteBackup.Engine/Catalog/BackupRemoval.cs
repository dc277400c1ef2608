using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Catalog;

/// <summary>What became, or would become, of a backup.</summary>
public enum RemovalAction
{
    /// <summary>It stays.</summary>
    Kept,

    /// <summary>It would go.</summary>
    WouldRemove,

    /// <summary>It is gone, with its manifest.</summary>
    Removed,
}

/// <summary>One line of a retention plan, or what came of it. Its shape is part of the module's contract.</summary>
public sealed record BackupRemoval
{
    /// <summary>The full path of the database, or null where no manifest says so.</summary>
    public string? Database { get; init; }

    /// <summary>The full path of the backup.</summary>
    public required string Backup { get; init; }

    /// <summary>The instant, UTC, whose content it holds or held.</summary>
    public DateTime? SnapshotTakenAt { get; init; }

    /// <summary>When the backup began, UTC; null where no manifest says so.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>The size of the database in it, in bytes; null where nothing says so.</summary>
    public long? Bytes { get; init; }

    /// <summary>The size of the file in bytes.</summary>
    public long StoredBytes { get; init; }

    /// <summary>What became of it.</summary>
    public required RemovalAction Action { get; init; }

    /// <summary>Why it is kept; empty where it is not.</summary>
    public required string Reason { get; init; }

    /// <summary>Bytes of the backup and its manifest that were freed, or would be.</summary>
    public long BytesFreed { get; init; }

    /// <summary>The line of a plan for a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <returns>Kept or WouldRemove.</returns>
    public static BackupRemoval Of(RetentionDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        CatalogEntry backup = decision.Entry;
        return new BackupRemoval
        {
            Database = backup.Database,
            Backup = backup.Backup!,
            SnapshotTakenAt = backup.SnapshotTakenAt,
            StartedAt = backup.StartedAt,
            Bytes = backup.Bytes,
            StoredBytes = backup.StoredBytes,
            Action = decision.IsKept ? RemovalAction.Kept : RemovalAction.WouldRemove,
            Reason = string.Join(", ", decision.Reasons),
            BytesFreed = decision.IsKept || backup.SharesBytes ? 0 : backup.StoredBytes + (backup.ManifestBytes ?? ManifestSize(backup.Backup!)),
        };
    }

    /// <summary>Removes a backup that a plan lets go, then its manifest: a crash in between leaves a manifest alone, which harms nothing.</summary>
    /// <param name="decision">The decision.</param>
    /// <returns>What was freed.</returns>
    /// <exception cref="InvalidOperationException">The decision keeps it.</exception>
    /// <exception cref="SqliteBackupException">The file is not what was listed any more, or can't be removed.</exception>
    public static BackupRemoval Run(RetentionDecision decision)
    {
        BackupRemoval removal = Of(decision);
        removal.ThrowIfKept();
        using BackupLock held = BackupLock.Take(removal.Backup, () => { });
        var file = new FileInfo(removal.Backup);
        if (file.Exists && (file.Length != decision.Entry.StoredBytes || ManifestFile.Read(removal.Backup).Manifest?.Sha256 != decision.Entry.Manifest?.Sha256))
        {
            throw Changed(removal.Backup);
        }

        if (Array.Find(Sidecars.Replayed, suffix => File.Exists(removal.Backup + suffix)) is string sidecar)
        {
            throw new SqliteBackupException(
                BackupFailure.BackupFailed,
                removal.Backup,
                $"'{removal.Backup}' was not removed: '{sidecar}' lies beside it, so a program uses it as its database, or did. Move the database to another folder, or remove it by hand.");
        }

        return FileErrors.Guard(removal.Backup, BackupFailure.BackupFailed, () =>
        {
            file.Delete();
            File.Delete(ManifestFile.PathOf(removal.Backup));
            return removal with { Action = RemovalAction.Removed };
        });
    }

    /// <summary>Throws where the decision was to keep it.</summary>
    internal void ThrowIfKept()
    {
        if (Action == RemovalAction.Kept)
        {
            throw new InvalidOperationException($"'{Backup}' is kept: {Reason}.");
        }
    }

    /// <summary>The error for a backup that changed since a plan was made.</summary>
    internal static SqliteBackupException Changed(string backup) => new(
        BackupFailure.BackupFailed, backup, $"'{backup}' was not removed: it is not what it was when it was listed. Run the command again.");

    private static long ManifestSize(string backup)
    {
        var manifest = new FileInfo(ManifestFile.PathOf(backup));
        return manifest.Exists ? manifest.Length : 0;
    }
}
