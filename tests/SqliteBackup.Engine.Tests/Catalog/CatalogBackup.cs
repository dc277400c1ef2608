using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>Runs backups with a manifest.</summary>
internal static class CatalogBackup
{
    public static BackupResult Run(string database, string destination, Func<BackupRequest, BackupRequest>? with = null, IBackupObserver? observer = null, CancellationToken? cancel = null)
    {
        var request = new BackupRequest { Database = database, Destination = destination, WriteManifest = true };
        return DatabaseBackup.Run(with is null ? request : with(request), observer, cancel ?? TestContext.Current.CancellationToken);
    }
}
