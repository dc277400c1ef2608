using Microsoft.Win32.SafeHandles;
using SqliteBackup.Catalog;
using SqliteBackup.Repository;

namespace SqliteBackup.Testing;

/// <summary>A file as what a backup of a database puts into a repository.</summary>
public static class RepositoryContent
{
    public static BackupContent Of(SafeFileHandle file, string database, DateTime takenAt, int pageSize = 4096)
    {
        long bytes = RandomAccess.GetLength(file);
        return new BackupContent
        {
            File = file,
            Bytes = bytes,
            PageSize = pageSize,
            Database = database,
            Host = "host",
            TakenAt = takenAt,
            Manifest = new BackupManifest
            {
                FormatVersion = BackupManifest.CurrentFormatVersion,
                Source = new ManifestSource(database, "host", "1:2"),
                StartedAt = takenAt,
                SnapshotTakenAt = takenAt,
                Duration = TimeSpan.FromSeconds(1),
                PageSize = pageSize,
                PageCount = bytes / pageSize,
                Bytes = bytes,
                StoredBytes = bytes,
                Sha256 = new string('a', 64),
                ContentSha256 = new string('a', 64),
                SqliteVersion = "3.53.4",
                CopyMode = CopyMode.Stepped,
                Restarts = 0,
                Check = new ManifestCheck(VerifyLevel.Quick, CheckStatus.Ok, takenAt, new string('a', 64)),
                Compression = BackupCompression.None,
                ApplicationId = 0,
                UserVersion = 0,
                ModuleVersion = "1.0.0",
            },
        };
    }
}
