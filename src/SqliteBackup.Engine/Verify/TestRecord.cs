using SqliteBackup.Catalog;

namespace SqliteBackup.Verify;

/// <summary>Writes into a backup's manifest what a test found, where that is news.</summary>
public static class TestRecord
{
    /// <summary>Writes down what a test of a file of this machine found; see the other overload.</summary>
    public static bool Write(BackupTestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var catalog = new FolderCatalog();
        using var read = new FetchedBackup(result.Backup, result.Backup);
        return Write(catalog, read, result, CancellationToken.None);
    }

    /// <summary>Writes down that a backup is corrupt, or that one which was not known to be good is.</summary>
    /// <param name="catalog">The backups that it is one of.</param>
    /// <param name="read">The backup as it was read.</param>
    /// <param name="result">What the test found. What could not be checked says nothing of the backup, and a quick check nothing against a full one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether anything was written. Not where the backup is no longer the file that the test read.</returns>
    /// <exception cref="SqliteBackupException">The manifest can't be written.</exception>
    public static bool Write(BackupCatalog catalog, FetchedBackup read, BackupTestResult result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(result);
        CheckStatus status = result.Status switch
        {
            BackupTestStatus.Ok => CheckStatus.Ok,
            BackupTestStatus.Corrupt => CheckStatus.Corrupt,
            _ => CheckStatus.NotChecked,
        };
        read.Read = result.FileRead;
        return status != CheckStatus.NotChecked
            && result.Sha256 is not null
            && catalog.Record(read, new ManifestCheck(result.Level, status, DateTime.UtcNow, result.Sha256), cancellationToken);
    }
}
