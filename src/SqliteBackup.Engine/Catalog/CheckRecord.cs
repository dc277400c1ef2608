using SqliteBackup.Platform;

namespace SqliteBackup.Catalog;

/// <summary>
/// Writes into a backup's manifest what a check found, where that is news: retention then removes nothing while a database's newest check
/// failed. A verdict is about bytes, and is written only while they are the file's. A backup without a manifest stays without one.
/// </summary>
internal static class CheckRecord
{
    /// <summary>Writes a verdict down.</summary>
    /// <param name="backup">The backup's full path.</param>
    /// <param name="read">What the file was when its bytes were read.</param>
    /// <param name="check">The verdict.</param>
    /// <returns>Whether it was news. Not where the backup is no longer the file that was read.</returns>
    /// <exception cref="SqliteBackupException">The manifest can't be written.</exception>
    public static bool Write(string backup, FileStatus? read, ManifestCheck check)
    {
        if (NewsFor(backup, read, check) is null)
        {
            return false;
        }

        using BackupLock held = BackupLock.Take(backup, () => { });
        if (NewsFor(backup, read, check) is not BackupManifest manifest)
        {
            return false;
        }

        ManifestFile.Write(backup, manifest with { Check = check }, ManifestFile.RightsOf(backup));
        return true;
    }

    // The manifest to which it is news, or null where it is none, or is about other bytes.
    private static BackupManifest? NewsFor(string backup, FileStatus? read, ManifestCheck check)
    {
        if (read is null || FileStatus.Of(backup) != read || ManifestFile.Read(backup).Manifest is not BackupManifest manifest)
        {
            return null;
        }

        return IsNews(manifest, check) ? manifest : null;
    }

    /// <summary>Whether a verdict about a backup's bytes says more than its manifest.</summary>
    public static bool IsNews(BackupManifest manifest, ManifestCheck check) =>
        check.Answer == CheckStatus.Corrupt || (check.Sha256 == manifest.Sha256 && !manifest.HasPassed && check.Level >= manifest.Check.Level);
}
