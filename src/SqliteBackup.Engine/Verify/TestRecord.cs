using SqliteBackup.Catalog;

namespace SqliteBackup.Verify;

/// <summary>Writes into a backup's manifest what a test found, where that is news.</summary>
public static class TestRecord
{
    /// <summary>Writes down that a backup is corrupt, or that one which was not known to be good is.</summary>
    /// <param name="result">What the test found. What could not be checked says nothing of the backup, and a quick check nothing against a full one.</param>
    /// <returns>Whether anything was written. Not where the backup is no longer the file that the test read.</returns>
    /// <exception cref="SqliteBackupException">The manifest can't be written.</exception>
    public static bool Write(BackupTestResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        CheckStatus status = result.Status switch
        {
            BackupTestStatus.Ok => CheckStatus.Ok,
            BackupTestStatus.Corrupt => CheckStatus.Corrupt,
            _ => CheckStatus.NotChecked,
        };
        return status != CheckStatus.NotChecked
            && result.Sha256 is not null
            && CheckRecord.Write(result.Backup, result.FileRead, new ManifestCheck(result.Level, status, DateTime.UtcNow, result.Sha256));
    }
}
