using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Parameters;

/// <summary>Where backups go, as a command names it.</summary>
/// <param name="Path">The folder, the file, or the location.</param>
/// <param name="IsFolder">Whether backups get their names in it; otherwise it is the name of one.</param>
/// <param name="IsRemote">Whether it is in a store.</param>
/// <param name="IsRepository">Whether it is a repository.</param>
internal readonly record struct BackupTarget(string Path, bool IsFolder, bool IsRemote, bool IsRepository)
{
    /// <summary>A folder or a file.</summary>
    /// <param name="path">Its path; a folder's ends with a slash, or is there.</param>
    /// <param name="mustExist">Whether a missing folder is an error.</param>
    /// <exception cref="SqliteBackupException">The folder is missing.</exception>
    public static BackupTarget OnThisMachine(string path, bool mustExist)
    {
        bool isFolder = BackupDestinations.IsFolder(path);
        string full = isFolder ? path : System.IO.Path.GetFullPath(path);
        string folder = isFolder ? path : System.IO.Path.GetDirectoryName(full)!;
        return mustExist && !Directory.Exists(folder)
            ? throw Missing(folder, "-MustExist")
            : new BackupTarget(full, isFolder, IsRemote: false, IsRepository: false);
    }

    /// <summary>The error for a folder that has to be there and is not.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="saidBy">What says that it has to be there.</param>
    public static SqliteBackupException Missing(string folder, string saidBy) => new(
        BackupFailure.DestinationMissing, folder, $"There is no folder '{folder}', and {saidBy} says that it is not to be made. Check that what it lies on is mounted.");

    /// <summary>A location in a store, or a repository.</summary>
    /// <param name="location">The location.</param>
    /// <param name="named">The location as it was given.</param>
    /// <param name="compression">How backups are to be compressed.</param>
    /// <param name="isEncrypted">Whether they are to be encrypted.</param>
    /// <exception cref="SqliteBackupException">It is a repository, and takes no such backups.</exception>
    public static BackupTarget InStore(StoreLocation location, string named, BackupCompression? compression, bool isEncrypted)
    {
        string? refusal = !location.IsRepository ? null
            : !location.IsFolder ? $"'{named}' is a backup in a repository. Name the repository itself, '{location.Folder}': backups there get their names from it."
            : isEncrypted ? $"A repository is encrypted by itself, with its own password. Leave -Recipient and -Passphrase out for '{location}'."
            : compression is not (null or BackupCompression.None) ? $"A repository compresses by itself, and what it is given compressed shares nothing with what it has. Leave -Compress out for '{location}'."
            : null;
        return refusal is null
            ? new BackupTarget(location.ToString(), location.IsFolder, IsRemote: true, location.IsRepository)
            : throw new SqliteBackupException(BackupFailure.InvalidOption, named, refusal);
    }

    /// <summary>How backups there are compressed: as was asked for, or as a file's own name says. In a folder the compression gives the name its end.</summary>
    public BackupCompression CompressionOr(BackupCompression? asked) =>
        asked ?? (IsFolder ? BackupCompression.None : BackupDestinations.CompressionOf(Path));

    /// <summary>Refuses a file whose name says that it is encrypted, where nothing says whom to.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>.</exception>
    public void ThrowUnlessNameFits(bool isEncrypted)
    {
        if (!IsFolder && !isEncrypted && BackupDestinations.IsEncryptedName(Path))
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, Path, $"'{Path}' has the name of an encrypted backup, and nothing says whom it is encrypted to. Add -Recipient, or choose another name.");
        }
    }
}
