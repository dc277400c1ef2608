using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Parameters;

/// <summary>
/// What a user lets go: whole folders, or single backups of them. The rules count over all backups of a folder either way, so that what is
/// always kept is kept whatever was named.
/// </summary>
internal sealed class RemovalCandidates
{
    // A folder's single files; null where all of them are meant.
    private readonly SortedDictionary<string, HashSet<string>?> _folders = new(StringComparer.Ordinal);

    private bool _isRecursive;

    public IEnumerable<string> Folders => _folders.Keys;

    /// <summary>Adds what a path named.</summary>
    /// <exception cref="SqliteBackupException">A folder was named, and no rule.</exception>
    public void Add(string item, bool recurse, RetentionPolicy policy)
    {
        bool isLocation = StoreLocation.NamesScheme(item);
        if (isLocation ? !StoreLocation.Parse(item).IsFolder : !Directory.Exists(item))
        {
            AddFile(item, isLocation ? StoreLocation.Parse(item).Folder.ToString() : Path.GetDirectoryName(item)!);
        }
        else if (policy.IsEmpty)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, item, $"Nothing was removed from '{item}': no rule says what to keep. Use -KeepLast, -KeepDaily, -OlderThan or another rule.");
        }
        else if (isLocation)
        {
            _folders[item] = null;
            _isRecursive |= recurse;
        }
        else
        {
            AddFolder(Path.TrimEndingDirectorySeparator(item), recurse);
        }
    }

    /// <summary>What becomes of the candidates in a folder.</summary>
    /// <exception cref="SqliteBackupException">The folder can't be read.</exception>
    public IReadOnlyList<RetentionDecision> Plan(
        string folder, BackupCatalogs catalogs, BackupSelection selection, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        // A store lists all below a folder at once, and has no folders to go through.
        bool recurse = _isRecursive && StoreLocation.NamesScheme(folder);
        IReadOnlyList<CatalogEntry> backups = catalogs.For(folder).ListFolder(folder, recurse, cancellationToken);
        var selected = new HashSet<CatalogEntry>(selection.Of(backups), ReferenceEqualityComparer.Instance);
        HashSet<string>? files = _folders[folder];
        return
        [
            .. backups.GroupBy(FolderOf).SelectMany(group => RetentionPlan.Make(group, policy, DateTime.UtcNow))
                .Where(decision => selected.Contains(decision.Entry) && files?.Contains(decision.Entry.Backup!) != false),
        ];
    }

    private static string FolderOf(CatalogEntry backup) => backup.Backup![..(backup.Backup!.LastIndexOfAny(['/', Path.DirectorySeparatorChar]) + 1)];

    private void AddFile(string path, string folder)
    {
        if (!_folders.TryGetValue(folder, out HashSet<string>? files))
        {
            _folders.Add(folder, files = new HashSet<string>(StringComparer.Ordinal));
        }

        files?.Add(path);
    }

    private void AddFolder(string folder, bool recurse)
    {
        _folders[folder] = null;
        if (recurse)
        {
            foreach (DirectoryInfo child in new DirectoryInfo(folder).EnumerateDirectories().Where(child => child.LinkTarget is null))
            {
                AddFolder(child.FullName, recurse);
            }
        }
    }
}
