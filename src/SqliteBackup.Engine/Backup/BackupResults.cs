using SqliteBackup.Catalog;
using SqliteBackup.Operation;

namespace SqliteBackup.Backup;

/// <summary>Makes the results of backups.</summary>
internal static class BackupResults
{
    /// <summary>The result of a backup that was made.</summary>
    public static BackupResult CreateResult(this BackupRequest request, CopyStatistics copied, ProgressMeter meter)
    {
        TimeSpan duration = meter.Elapsed;
        long bytes = copied.PageCount * (long)copied.PageSize;
        return new BackupResult
        {
            Database = request.Database,
            Backup = request.Destination,
            PageSize = copied.PageSize,
            PageCount = copied.PageCount,
            Bytes = bytes,
            StoredBytes = bytes,
            StartedAt = meter.StartedAt,
            Duration = duration,
            BytesPerSecond = bytes / duration.TotalSeconds,
            CopyMode = copied.Mode,
            Steps = copied.Steps,
            PagesCopied = copied.PagesCopied,
            Restarts = copied.Restarts,
            Escalations = copied.Escalations,
            BusyRetries = meter.BusyRetries,
            MaxReadLock = copied.MaxReadLock.TotalMilliseconds,
            PeakWalBytes = copied.PeakWalBytes,
            ThrottledFor = copied.ThrottledFor,
            SnapshotTakenAt = copied.SnapshotTakenAt,
            Verified = request.Verify,
            LastCheck = request.Verify,
            LastCheckedAt = request.Verify == VerifyLevel.None ? null : DateTime.UtcNow,
            ForeignKeysChecked = request.CheckForeignKeys,
            SqliteVersion = DatabaseBackup.SqliteVersion,
            Compression = request.Compression,
            IsEncrypted = request.Recipients.Count > 0,
        };
    }

    /// <summary>The result where the latest backup has the same content already.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="latest">The latest backup.</param>
    /// <param name="wasRead">Whether its bytes were read now and found to be those that passed its check.</param>
    /// <param name="meter">Counts.</param>
    public static BackupResult Unchanged(BackupRequest request, CatalogEntry latest, bool wasRead, ProgressMeter meter)
    {
        BackupManifest manifest = latest.Manifest!;
        return new BackupResult
        {
            Database = request.Database,
            Backup = latest.Backup!,
            PageSize = manifest.PageSize,
            PageCount = manifest.PageCount,
            Bytes = manifest.Bytes,
            StoredBytes = manifest.StoredBytes,
            StartedAt = meter.StartedAt,
            Duration = meter.Elapsed,
            BytesPerSecond = 0,
            CopyMode = manifest.CopyMode,
            Steps = 0,
            PagesCopied = 0,
            Restarts = 0,
            Escalations = 0,
            BusyRetries = meter.BusyRetries,
            MaxReadLock = 0,
            PeakWalBytes = 0,
            ThrottledFor = TimeSpan.Zero,
            SnapshotTakenAt = manifest.SnapshotTakenAt,
            Verified = wasRead ? latest.CheckLevel : VerifyLevel.None,
            LastCheck = manifest.HasPassed ? latest.CheckLevel : VerifyLevel.None,
            LastCheckedAt = manifest.HasPassed ? manifest.Check.CheckedAt : null,
            SqliteVersion = manifest.SqliteVersion,
            Compression = manifest.Compression,
            IsEncrypted = manifest.IsEncrypted,
            Sha256 = manifest.Sha256,
            Unchanged = true,
        };
    }
}
