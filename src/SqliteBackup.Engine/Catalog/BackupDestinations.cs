using SqliteBackup.Platform;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Catalog;

/// <summary>
/// Says under which path each database of one command is written, and gives no path to two of them. Not safe for use by several threads.
/// </summary>
public sealed class BackupDestinations
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The largest number that a taken name gets.</summary>
    internal const int MaxNumber = 9999;

    private readonly HashSet<string> _swept = new(StringComparer.Ordinal);

    // Of names that were given out, so that the next of the same name is not looked for from the beginning.
    private readonly Dictionary<string, int> _lastNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _ignoresCase = new(StringComparer.Ordinal);
    private int _sequence;

    /// <summary>Whether a destination is a folder: it exists as one, or ends in a separator.</summary>
    /// <param name="destination">A full path.</param>
    /// <returns>True for a folder, which need not exist.</returns>
    public static bool IsFolder(string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        return Path.EndsInDirectorySeparator(destination) || Directory.Exists(destination);
    }

    /// <summary>
    /// Throws where a destination, as it was written, has a name that this system gives to something else: on Windows a device such as NUL, a
    /// stream, a name that ends in a dot or a space. A full path no longer shows that.
    /// </summary>
    /// <param name="destination">The destination as it was written.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationOpenFailed"/>.</exception>
    public static void ThrowIfForeignName(string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        DestinationRules.ThrowIfForeignName(destination);
    }

    /// <summary>What is the same for two paths that are one file by their names: where the file system ignores case, that does not count.</summary>
    /// <param name="path">The full path of a file, which need not exist.</param>
    /// <returns>A key for comparing, and for nothing else.</returns>
    public static string KeyOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileCase.IsIgnoredIn(Path.GetDirectoryName(path)!) ? path.ToUpperInvariant() : path;
    }

    /// <summary>The compression that a file's name asks for: <c>.gz</c> or <c>.zst</c> at its end, or before <c>.age</c>.</summary>
    /// <param name="path">A path or file name.</param>
    /// <returns>The compression; <see cref="BackupCompression.None"/> for any other name.</returns>
    public static BackupCompression CompressionOf(string path) => Path.GetExtension(WithoutEncryption(path)).ToUpperInvariant() switch
    {
        ".GZ" => BackupCompression.Gzip,
        ".ZST" => BackupCompression.Zstd,
        _ => BackupCompression.None,
    };

    /// <summary>Whether a file's name says that it is encrypted: <c>.age</c> at its end.</summary>
    /// <param name="path">A path or file name.</param>
    public static bool IsEncryptedName(string path) => Path.GetExtension(path).Equals(Codec.EncryptedSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name without what compression and encryption appended to it: that of the database in the backup.</summary>
    /// <param name="path">A path or file name.</param>
    public static string WithoutEncoding(string path)
    {
        string plain = WithoutEncryption(path);
        return CompressionOf(plain) == BackupCompression.None ? plain : plain[..^Path.GetExtension(plain).Length];
    }

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
    /// <param name="isEncrypted">Whether <c>.age</c> is appended, too.</param>
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
        BackupCompression compression = BackupCompression.None,
        bool isEncrypted = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(database);
        ArgumentNullException.ThrowIfNull(format);
        if (IsFolder(destination))
        {
            _sequence++;
            return ChooseInFolder(
                Path.GetFullPath(destination), format.GetFileName(database, timestamp, _sequence, root), Codec.SuffixOf(compression, isEncrypted), format.IsUnique);
        }

        string path = Path.GetFullPath(destination);
        return _taken.Add(KnownKeyOf(path))
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
    /// <param name="isEncrypted">Whether <c>.age</c> is appended, too.</param>
    /// <param name="isRemote">Whether the folder is in a store: what is there is not looked at, and parts of names are divided by '/'.</param>
    /// <returns>The full path or location of the backup.</returns>
    public string ChooseInFolder(
        string database, string folder, FileNameFormat format, DateTime timestamp, string? root, BackupCompression compression, bool isEncrypted, bool isRemote)
    {
        ArgumentException.ThrowIfNullOrEmpty(database);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(format);
        if (!isRemote)
        {
            return Choose(database, folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, format, timestamp, root, compression, isEncrypted);
        }

        _sequence++;
        string first = folder + format.GetFileName(database, timestamp, _sequence, root).Replace('\\', '/') + Codec.SuffixOf(compression, isEncrypted);
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
        DestinationRules.ThrowIfForeignName(first);
        string path = first;
        int number = _lastNumbers.GetValueOrDefault(first, 1);
        path = number == 1 ? first : Numbered(first, number);
        while ((mayRename && IsTaken(path)) || !TryTake(path))
        {
            path = ++number <= MaxNumber ? Numbered(first, number) : throw NoFreeName(first);
        }

        _lastNumbers[first] = number;

        return path;
    }

    /// <summary>The exception for a name that stays taken with every number.</summary>
    internal static SqliteBackupException NoFreeName(string path) => new(
        BackupFailure.DestinationExists, path, $"'{path}' is taken, and so is every name up to '{Numbered(path, MaxNumber)}'. Choose another -FileNameFormat, such as one with {{timestamp}}, or another folder.");

    /// <summary>A backup's path with a number before its extension, those of its compression and encryption not counted.</summary>
    internal static string Numbered(string path, int number)
    {
        string plain = WithoutEncoding(path);
        string extension = Path.GetExtension(plain);
        return $"{plain[..^extension.Length]}-{number}{extension}{path[plain.Length..]}";
    }

    /// <summary>Whether something has a backup's name, or its manifest's: a file, a folder, a link that leads nowhere.</summary>
    internal static bool IsTaken(string path) => FileStatus.OfEntry(path) is not null || FileStatus.OfEntry(path + BackupManifest.FileSuffix) is not null;

    private static string WithoutEncryption(string path) => IsEncryptedName(path) ? path[..^Codec.EncryptedSuffix.Length] : path;

    private string KnownKeyOf(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!_ignoresCase.TryGetValue(folder, out bool ignores))
        {
            _ignoresCase.Add(folder, ignores = FileCase.IsIgnoredIn(folder));
        }

        return ignores ? path.ToUpperInvariant() : path;
    }

    // A backup's manifest takes a name, too.
    private bool TryTake(string path)
    {
        string manifest = path + BackupManifest.FileSuffix;
        if (_taken.Contains(KnownKeyOf(path)) || _taken.Contains(KnownKeyOf(manifest)))
        {
            return false;
        }

        _taken.Add(KnownKeyOf(path));
        _taken.Add(KnownKeyOf(manifest));
        return true;
    }
}
