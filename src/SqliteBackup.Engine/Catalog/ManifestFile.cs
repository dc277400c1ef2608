using System.Text.Json;
using System.Text.RegularExpressions;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>The manifest beside a backup, as a file: written last and in one step, and doubted when it is read.</summary>
internal static partial class ManifestFile
{
    // A manifest has about a kilobyte. What is far larger is something else.
    internal const int MaxBytes = 1 << 20;

    /// <summary>The path of a backup's manifest.</summary>
    public static string PathOf(string backup) => backup + BackupManifest.FileSuffix;

    /// <summary>Reads the manifest of a backup.</summary>
    /// <returns>What was found, and the manifest where it could be read.</returns>
    public static (ManifestState State, BackupManifest? Manifest) Read(string backup)
    {
        try
        {
            var file = new FileInfo(PathOf(backup));
            if (!file.Exists)
            {
                return (ManifestState.Missing, null);
            }

            // Reading what has no length, a pipe or a device, might never end.
            if (file.Length is 0 or > MaxBytes)
            {
                return (ManifestState.Damaged, null);
            }

            return Parse(File.ReadAllBytes(file.FullName));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (ManifestState.Damaged, null);
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="bytes">Its bytes, which may be anything.</param>
    public static (ManifestState State, BackupManifest? Manifest) Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            BackupManifest manifest = ManifestJson.Read(bytes);
            return IsSound(manifest) ? (ManifestState.Present, InUtc(manifest)) : (ManifestState.Damaged, null);
        }
        catch (JsonException)
        {
            return (ManifestState.Damaged, null);
        }
    }

    /// <summary>The bytes of a manifest.</summary>
    public static byte[] BytesOf(BackupManifest manifest) => ManifestJson.Write(manifest);

    /// <summary>Writes the manifest of a backup, replacing the one that is there.</summary>
    /// <exception cref="SqliteBackupException">It can't be written.</exception>
    public static void Write(string backup, BackupManifest manifest, FileRights rights) =>
        Write(backup, BytesOf(manifest), rights);

    /// <summary>
    /// Takes the manifest of a backup that is about to be replaced away, so that a crash in between leaves a backup without a manifest and
    /// never one with another's.
    /// </summary>
    /// <returns>Its bytes, or null where there was none.</returns>
    /// <exception cref="SqliteBackupException">A file of that name is no manifest, or can't be removed.</exception>
    public static byte[]? Withdraw(string backup)
    {
        string path = PathOf(backup);
        return FileErrors.Guard(path, BackupFailure.DestinationOpenFailed, () =>
        {
            if (!File.Exists(path))
            {
                return null;
            }

            byte[] bytes = File.ReadAllBytes(path);
            File.Delete(path);
            return bytes;
        });
    }

    /// <summary>Throws where a file that is no manifest lies under a manifest's name: somebody else's file is not replaced.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationExists"/>.</exception>
    public static void ThrowIfForeign(string backup)
    {
        string path = PathOf(backup);
        if (Directory.Exists(path) || (Read(backup).State == ManifestState.Damaged && !LooksLikeManifest(path)))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationExists,
                path,
                $"'{path}' lies where the backup's manifest would go, and it is none. Move it away, or choose another destination.");
        }
    }

    /// <summary>The rights of the manifest that a backup has.</summary>
    public static FileRights RightsOf(string backup) => OperatingSystem.IsWindows()
        ? new FileRights(UnixFileMode.None, WindowsRights.ListOf(PathOf(backup)))
        : FileErrors.Guard(PathOf(backup), BackupFailure.DestinationOpenFailed, () => new FileInfo(PathOf(backup)).UnixFileMode);

    /// <summary>Puts a manifest's bytes beside a backup.</summary>
    public static void Write(string backup, byte[] bytes, FileRights rights)
    {
        using StagedFile staged = Stage(backup, bytes);
        staged.Publish(overwrite: true, rights);
    }

    /// <summary>Writes the manifest of a backup that is still to be published, and begins to flush it: both are flushed at the same time.</summary>
    /// <returns>What to publish, replacing what is there, once the backup stands.</returns>
    /// <exception cref="SqliteBackupException">It can't be written.</exception>
    public static StagedFile Stage(string backup, BackupManifest manifest) =>
        Stage(backup, BytesOf(manifest));

    private static StagedFile Stage(string backup, byte[] bytes)
    {
        StagedFile staged = StagedFile.Create(PathOf(backup));
        try
        {
            staged.Write(0, bytes);
            staged.BeginFlush();
            staged.FlushRest();
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    private static bool IsSound(BackupManifest manifest) =>
        manifest.FormatVersion is > 0 and <= BackupManifest.CurrentFormatVersion
        && manifest.Source is { Path.Length: > 0, Host: not null }
        && manifest.Check is not null
        && manifest is { StoredBytes: >= 0, Bytes: > 0, PageCount: > 0, PageSize: > 0, Sha256.Length: 64 }
        && (manifest.IsEncrypted || manifest.ContentSha256?.Length == 64);

    // Who edits a manifest, or has a program do it, may leave local times behind.
    private static BackupManifest InUtc(BackupManifest manifest) => manifest with
    {
        StartedAt = Utc(manifest.StartedAt),
        SnapshotTakenAt = Utc(manifest.SnapshotTakenAt),
        OrderedAt = manifest.OrderedAt is DateTime order ? Utc(order) : null,
        Check = manifest.Check with { CheckedAt = Utc(manifest.Check.CheckedAt) },
    };

    private static DateTime Utc(DateTime time) =>
        time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);

    // A damaged one of ours still begins as ours do.
    private static bool LooksLikeManifest(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Length is > 0 and <= MaxBytes && Beginning().IsMatch(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\s*\{\s*""formatVersion""\s*:\s*[0-9]+\s*(,\s*(""source""\s*:|$)|\}?\s*$)", RegexOptions.CultureInvariant)]
    private static partial Regex Beginning();
}
