using SqliteBackup.Catalog;
using SqliteBackup.Platform;

namespace SqliteBackup.Search;

/// <summary>
/// Finds databases by their content, whatever their names. Folders below the first that can't be read and files that can't be opened are left out and said; links
/// to folders are not followed, and links to files only lead to what was not found already. Backups of databases are no databases to find.
/// </summary>
public sealed class DatabaseSearch
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
        ReturnSpecialDirectories = false,
    };

    private readonly HashSet<(ulong Volume, UInt128 FileNumber)> _seen = [];
    private readonly Queue<string> _links = new();
    private readonly DatabaseLocks _locks = DatabaseLocks.Read();

    /// <summary>How many folders below the first are searched: 0 for none, the default.</summary>
    public int Depth { get; init; }

    /// <summary>Whether a file of this name is looked at. Default: every one.</summary>
    public Func<string, bool> IsWanted { get; init; } = _ => true;

    /// <summary>Whether a folder of this name is entered. Default: every one.</summary>
    public Func<string, bool> IsEntered { get; init; } = _ => true;

    /// <summary>Hears of what was passed over because it is not looked for, and why.</summary>
    public Action<string>? OnPassedOver { get; init; }

    /// <summary>Hears of what was left out because it could not be read: a database may be there.</summary>
    public Action<string>? OnLeftOut { get; init; }

    /// <summary>Looks at one file.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>What it is, or null where it is no database.</returns>
    /// <exception cref="SqliteBackupException">It can't be read.</exception>
    public DatabaseInfo? Look(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return DatabaseLook.At(path, _locks);
    }

    /// <summary>Searches a folder; each database is found once, in the order of the names.</summary>
    /// <param name="folder">Its full path. If it is a link itself, it is followed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The databases, as they are found.</returns>
    /// <exception cref="SqliteBackupException">The folder can't be read.</exception>
    public IEnumerable<DatabaseInfo> Search(string folder, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (DatabaseInfo database in Enter(folder, Depth, isNamed: true, cancellationToken))
        {
            yield return database;
        }

        while (_links.TryDequeue(out string? link))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                yield break;
            }

            if (LookQuietly(link) is DatabaseInfo database)
            {
                yield return database;
            }
        }
    }

    private IEnumerable<DatabaseInfo> Enter(string folder, int depth, bool isNamed, CancellationToken cancellationToken)
    {
        if (!IsNew(folder))
        {
            yield break;
        }

        var folders = new List<string>();
        foreach (FileSystemInfo entry in List(folder, isNamed))
        {
            if (cancellationToken.IsCancellationRequested)
            {
                yield break;
            }

            // .NET makes U+FFFD of each byte that is no UTF-8, and then nothing has that name.
            if (entry.Name.Contains('\uFFFD', StringComparison.Ordinal) && FileStatus.OfEntry(entry.FullName) is null)
            {
                OnLeftOut?.Invoke($"'{entry.FullName}' was left out: its name has bytes that are no UTF-8, with which it can't be opened. Rename it.");
                continue;
            }

            bool isFolder = entry.Attributes.HasFlag(FileAttributes.Directory);
            bool isLink = entry.LinkTarget is not null;
            if (isFolder && !isLink && depth > 0 && IsEntered(entry.Name))
            {
                folders.Add(entry.FullName);
            }
            else if (!isFolder && IsWanted(entry.Name))
            {
                if (isLink)
                {
                    _links.Enqueue(entry.FullName);
                }
                else if (LookQuietly(entry.FullName) is DatabaseInfo database)
                {
                    yield return database;
                }
            }
        }

        foreach (DatabaseInfo database in folders.SelectMany(inner => Enter(inner, depth - 1, isNamed: false, cancellationToken)))
        {
            yield return database;
        }
    }

    private FileSystemInfo[] List(string folder, bool isNamed)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (isNamed)
            {
                throw new SqliteBackupException(
                    BackupFailure.SourceOpenFailed, folder, $"'{folder}' can't be read: {exception.Message} Check its rights, or run this as a user who may.", innerException: exception);
            }

            OnLeftOut?.Invoke($"'{folder}' was left out with all that is in it: {exception.Message}");
            return [];
        }
    }

    private DatabaseInfo? LookQuietly(string path)
    {
        try
        {
            if (Look(path) is not DatabaseInfo database || !IsNew(path))
            {
                return null;
            }

            if (FolderCatalog.IsBackup(path))
            {
                OnPassedOver?.Invoke($"'{path}' was passed over: it is a backup. Get-SqliteBackup lists these.");
                return null;
            }

            return database;
        }
        catch (SqliteBackupException exception)
        {
            OnLeftOut?.Invoke($"'{path}' was left out: {exception.Message}");
            return null;
        }
    }

    private bool IsNew(string path) =>
        FileStatus.Of(path) is FileStatus status && _seen.Add((status.Volume, status.FileNumber));
}
