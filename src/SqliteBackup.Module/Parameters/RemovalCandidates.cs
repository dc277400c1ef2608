using SqliteBackup.Catalog;

namespace SqliteBackup.Parameters;

/// <summary>
/// What a user lets go: whole folders, or single backups of them. The rules count over all backups of a folder either way, so that what is
/// always kept is kept whatever was named.
/// </summary>
internal sealed class RemovalCandidates
{
    // A folder's single files; null where all of them are meant.
    private readonly SortedDictionary<string, HashSet<string>?> _folders = new(StringComparer.Ordinal);

    public IEnumerable<string> Folders => _folders.Keys;

    /// <summary>Adds what a path named.</summary>
    /// <exception cref="SqliteBackupException">A folder was named, and no rule.</exception>
    public void Add(string item, bool recurse, RetentionPolicy policy)
    {
        if (!Directory.Exists(item))
        {
            AddFile(item);
        }
        else if (policy.IsEmpty)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, item, $"Nothing was removed from '{item}': no rule says what to keep. Use -KeepLast, -KeepDaily, -OlderThan or another rule.");
        }
        else
        {
            AddFolder(Path.TrimEndingDirectorySeparator(item), recurse);
        }
    }

    /// <summary>What becomes of the candidates in a folder.</summary>
    /// <exception cref="SqliteBackupException">The folder can't be read.</exception>
    public IReadOnlyList<RetentionDecision> Plan(
        string folder, BackupSelection selection, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        IReadOnlyList<CatalogEntry> backups = FolderCatalog.List(folder, recurse: false, cancellationToken);
        var selected = new HashSet<CatalogEntry>(selection.Of(backups), ReferenceEqualityComparer.Instance);
        HashSet<string>? files = _folders[folder];
        return
        [
            .. RetentionPlan.Make(backups, policy, DateTime.UtcNow)
                .Where(decision => selected.Contains(decision.Entry) && files?.Contains(decision.Entry.Backup!) != false),
        ];
    }

    private void AddFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
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
