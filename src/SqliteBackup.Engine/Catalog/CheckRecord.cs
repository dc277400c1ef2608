using SqliteBackup.Verify;

namespace SqliteBackup.Catalog;

/// <summary>
/// Writes into a backup's manifest what a drill found, where that is news: retention then removes nothing while a database's newest check
/// failed. A backup without a manifest stays without one.
/// </summary>
public static class CheckRecord
{
    /// <summary>Writes down that a backup is corrupt, or that one which was not known to be good is.</summary>
    /// <param name="drill">What the drill found. What could not be checked says nothing of the backup, and a quick check nothing against a full one.</param>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="SqliteBackupException">The manifest can't be written.</exception>
    public static bool Write(BackupTestResult drill)
    {
        ArgumentNullException.ThrowIfNull(drill);
        CheckStatus answer = drill.Status switch
        {
            BackupTestStatus.Ok => CheckStatus.Ok,
            BackupTestStatus.Corrupt => CheckStatus.Corrupt,
            _ => CheckStatus.NotChecked,
        };
        if (answer == CheckStatus.NotChecked
            || ManifestFile.Read(drill.Path).Manifest is not BackupManifest manifest
            || (answer == CheckStatus.Ok && (manifest.Check.Answer == CheckStatus.Ok || drill.Level < manifest.Check.Level)))
        {
            return false;
        }

        ManifestFile.Write(
            drill.Path,
            manifest with { Check = new ManifestCheck(drill.Level, answer, DateTime.UtcNow) },
            ManifestFile.ModeOf(drill.Path));
        return true;
    }
}
