using System.Reflection;
using SqliteBackup.Catalog;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>Writes down what a backup is.</summary>
internal static class BackupManifests
{
    private static readonly string ModuleVersion =
        typeof(BackupManifests).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The manifest of a finished copy.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="copy">The copy, not compressed.</param>
    /// <param name="contentSha256">Its hash.</param>
    /// <param name="fingerprint">The database's, where it is still what it was before it was copied.</param>
    /// <param name="others">The database's backups in the folder.</param>
    public static BackupManifest Create(
        BackupRequest request, BackupResult result, StagedFile copy, string contentSha256, SourceFingerprint? fingerprint, IReadOnlyList<CatalogEntry> others)
    {
        DatabaseHeader header = HeaderOf(copy);
        return new BackupManifest
        {
            FormatVersion = BackupManifest.CurrentFormatVersion,
            Source = new ManifestSource(request.Database, Environment.MachineName, SourceFingerprints.IdentityOf(request.Database)),
            StartedAt = result.StartedAt,
            SnapshotTakenAt = result.SnapshotTakenAt,
            OrderedAt = OrderOf(result.SnapshotTakenAt, others),
            Duration = result.Duration,
            PageSize = result.PageSize,
            PageCount = result.PageCount,
            Bytes = result.Bytes,
            StoredBytes = result.StoredBytes,
            Sha256 = result.Sha256!,
            ContentSha256 = request.Recipients.Count > 0 ? null : contentSha256,
            Recipients = RecipientsOf(request),
            SqliteVersion = result.SqliteVersion,
            CopyMode = result.CopyMode,
            Restarts = result.Restarts,
            Check = new ManifestCheck(
                request.Verify, request.Verify == VerifyLevel.None ? CheckStatus.NotChecked : CheckStatus.Ok, DateTime.UtcNow, result.Sha256),
            Compression = request.Compression,
            IsCompact = request.Compact,
            ApplicationId = header.ApplicationId,
            UserVersion = header.UserVersion,
            ModuleVersion = ModuleVersion,
            SourceFingerprint = fingerprint,
        };
    }

    /// <summary>The manifest of a backup that has another's bytes, and with them its check.</summary>
    /// <param name="manifest">The other's.</param>
    /// <param name="taken">When the database was seen to be what it was then, UTC.</param>
    /// <param name="duration">How long that took.</param>
    /// <param name="others">The database's backups in the folder.</param>
    public static BackupManifest Again(BackupManifest manifest, DateTime taken, TimeSpan duration, IReadOnlyList<CatalogEntry> others) => manifest with
    {
        StartedAt = taken,
        SnapshotTakenAt = taken,
        OrderedAt = OrderOf(taken, others),
        Duration = duration,
        Restarts = 0,
        ModuleVersion = ModuleVersion,
    };

    /// <summary>Whom a request encrypts to, as a manifest has it; null for nobody.</summary>
    public static IReadOnlyList<string>? RecipientsOf(BackupRequest request) =>
        request.Recipients.Count > 0 ? [.. request.Recipients.Select(recipient => recipient.ToString()!)] : null;

    private static DatabaseHeader HeaderOf(StagedFile copy)
    {
        byte[] header = new byte[DatabaseHeader.Length];
        using Stream content = copy.OpenStream();
        content.ReadExactly(header);
        return new DatabaseHeader(header);
    }

    // Later than all others, also after a clock was put back.
    private static DateTime? OrderOf(DateTime taken, IReadOnlyList<CatalogEntry> others)
    {
        DateTime? last = others.Max(backup => backup.Order);
        return last >= taken && last < DateTime.MaxValue ? last.Value.AddTicks(1) : null;
    }
}
