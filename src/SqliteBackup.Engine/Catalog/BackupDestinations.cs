using SqliteBackup.Platform;
using SqliteBackup.Storage.Encoding;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>
/// Says under which path each database of one command is written, and gives no path to two of them. Not safe for use by several threads.
/// </summary>
public sealed class BackupDestinations
{
    // Where the file system does not tell case apart, two names that differ only in case are one file.
    private readonly HashSet<string> _taken = new(
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly HashSet<string> _swept = new(StringComparer.Ordinal);
    private int _sequence;

    /// <summary>Whether a destination is a folder: it exists as one, or ends in a separator.</summary>
    /// <param name="destination">A full path.</param>
    /// <returns>True for a folder, which need not exist.</returns>
    public static bool IsFolder(string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        return Path.EndsInDirectorySeparator(destination) || Directory.Exists(destination);
    }

    /// <summary>The compression that a file's name asks for: <c>.gz</c> or <c>.zst</c> at its end.</summary>
    /// <param name="path">A path or file name.</param>
    /// <returns>The compression; <see cref="BackupCompression.None"/> for any other name.</returns>
    public static BackupCompression CompressionOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".GZ" => BackupCompression.Gzip,
        ".ZST" => BackupCompression.Zstd,
        _ => BackupCompression.None,
    };

    /// <summary>
    /// Chooses the path of one backup. In a folder the name comes from the format, and a second database that would get the same
    /// name gets <c>-2</c> before its extension, the next <c>-3</c>. Where names tell
    /// milliseconds, one that something in the folder has already counts, too. Nothing is created.
    /// </summary>
    /// <param name="database">The full path of the database.</param>
    /// <param name="destination">The full path of a folder (see <see cref="IsFolder"/>) or of the file to write.</param>
    /// <param name="format">Names backups in a folder.</param>
    /// <param name="timestamp">When the database was taken up, UTC.</param>
    /// <param name="root">The folder that <c>{folder}</c> in the format is relative to.</param>
    /// <param name="compression">Its suffix is appended to a name in a folder.</param>
    /// <returns>The full path of the backup file.</returns>
    /// <exception cref="SqliteBackupException">
    /// <see cref="BackupFailure.DestinationExists"/>: the destination is a file that an earlier database of the same command is written to.
    /// </exception>
    public string Choose(
        string database,
        string destination,
        FileNameFormat format,
        DateTime timestamp,
        string? root = null,
        BackupCompression compression = BackupCompression.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(database);
        ArgumentNullException.ThrowIfNull(format);
        if (IsFolder(destination))
        {
            _sequence++;
            return ChooseInFolder(
                Path.GetFullPath(destination), format.GetFileName(database, timestamp, _sequence, root), Codec.SuffixOf(compression), format.IsUnique);
        }

        string path = Path.GetFullPath(destination);
        return _taken.Add(path)
            ? path
            : throw new SqliteBackupException(
                BackupFailure.DestinationExists,
                path,
                $"'{database}' was left out: an earlier one of this command is written to '{path}' already. " +
                "Give each its own destination file, or name a folder as the destination.");
    }

    /// <summary>Chooses the path or location of one backup in a folder, which need not exist; see <see cref="Choose"/>.</summary>
    /// <param name="database">The full path of the database.</param>
    /// <param name="folder">The full path of a folder of this machine, or the location of one in a store, with '/' at its end.</param>
    /// <param name="format">Names backups.</param>
    /// <param name="timestamp">When the database was taken up, UTC.</param>
    /// <param name="root">The folder that <c>{folder}</c> in the format is relative to.</param>
    /// <param name="compression">Its suffix is appended.</param>
    /// <param name="isRemote">Whether the folder is in a store: what is there is not looked at, and parts of names are divided by '/'.</param>
    /// <returns>The full path or location of the backup.</returns>
    public string ChooseInFolder(
        string database, string folder, FileNameFormat format, DateTime timestamp, string? root, BackupCompression compression, bool isRemote)
    {
        ArgumentException.ThrowIfNullOrEmpty(database);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(format);
        if (!isRemote)
        {
            return Choose(database, folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, format, timestamp, root, compression);
        }

        _sequence++;
        string first = folder + format.GetFileName(database, timestamp, _sequence, root).Replace('\\', '/') + Codec.SuffixOf(compression);
        string location = first;
        for (int number = 2; !TryTake(location); number++)
        {
            location = Numbered(first, number);
        }

        return location;
    }

    /// <summary>
    /// Removes what killed runs left of unfinished backups in the folder of a backup that is about to begin: once for each folder. What can't
    /// be removed stays, and hinders nobody.
    /// </summary>
    /// <param name="path">The full path of the backup file.</param>
    public void SweepFolderOf(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (_swept.Add(folder))
        {
            StagingName.SweepAbandoned(folder);
        }
    }

    private string ChooseInFolder(string folder, string fileName, string suffix, bool mayRename)
    {
        string first = Path.Combine(folder, fileName) + suffix;
        string path = first;
        for (int number = 2; (mayRename && IsTaken(path)) || !TryTake(path); number++)
        {
            path = Numbered(first, number);
        }

        return path;
    }

    /// <summary>A backup's path with a number before its extension, that of its compression not counted.</summary>
    internal static string Numbered(string path, int number)
    {
        string suffix = CompressionOf(path) == BackupCompression.None ? "" : Path.GetExtension(path);
        string plain = path[..^suffix.Length];
        string extension = Path.GetExtension(plain);
        return $"{plain[..^extension.Length]}-{number}{extension}{suffix}";
    }

    /// <summary>Whether something has a backup's name, or its manifest's: a file, a folder, a link that leads nowhere.</summary>
    internal static bool IsTaken(string path) => FileStatus.OfEntry(path) is not null || FileStatus.OfEntry(path + BackupManifest.FileSuffix) is not null;

    // A backup's manifest takes a name, too.
    private bool TryTake(string path)
    {
        string manifest = path + BackupManifest.FileSuffix;
        if (_taken.Contains(path) || _taken.Contains(manifest))
        {
            return false;
        }

        _taken.Add(path);
        _taken.Add(manifest);
        return true;
    }
}
