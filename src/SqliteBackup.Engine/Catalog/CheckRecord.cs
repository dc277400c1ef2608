using SqliteBackup.Platform;
using SqliteBackup.Verify;

namespace SqliteBackup.Catalog;

/// <summary>
/// Writes into a backup's manifest what a drill found, where that is news: retention then removes nothing while a database's newest check
/// failed. A verdict is about bytes, and is written only while they are the file's. A backup without a manifest stays without one.
/// </summary>
public static class CheckRecord
{
    /// <summary>Writes down that a backup is corrupt, or that one which was not known to be good is.</summary>
    /// <param name="drill">What the drill found. What could not be checked says nothing of the backup, and a quick check nothing against a full one.</param>
    /// <returns>Whether anything was written. Not where the backup is no longer the file that the drill read.</returns>
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
        return answer != CheckStatus.NotChecked
            && drill.Sha256 is not null
            && Write(drill.Path, drill.FileRead, new ManifestCheck(drill.Level, answer, DateTime.UtcNow, drill.Sha256));
    }

    /// <summary>Writes a verdict down.</summary>
    /// <param name="backup">The backup's full path.</param>
    /// <param name="read">What the file was when its bytes were read.</param>
    /// <param name="check">The verdict.</param>
    internal static bool Write(string backup, FileStatus? read, ManifestCheck check)
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

        ManifestFile.Write(backup, manifest with { Check = check }, ManifestFile.ModeOf(backup));
        return true;
    }

    // The manifest to which it is news, or null where it is none, or is about other bytes.
    private static BackupManifest? NewsFor(string backup, FileStatus? read, ManifestCheck check)
    {
        if (read is null || FileStatus.Of(backup) != read || ManifestFile.Read(backup).Manifest is not BackupManifest manifest)
        {
            return null;
        }

        return check.Answer == CheckStatus.Corrupt
            || (check.Sha256 == manifest.Sha256 && !manifest.HasPassed && check.Level >= manifest.Check.Level)
            ? manifest
            : null;
    }
}
