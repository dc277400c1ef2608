using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Parameters;

/// <summary>
/// The backups of all locations that one command is about. Each store is opened once, when a location first names it, and closed with the
/// command.
/// </summary>
/// <param name="settings">How a kind of store is opened.</param>
/// <param name="openRepository">Opens the repository at a location.</param>
/// <param name="stagingFolder">The full path of the folder for copies on this machine, or null.</param>
internal sealed class BackupCatalogs(Func<StoreScheme, StoreSettings> settings, Func<StoreLocation, BackupCatalog> openRepository, string? stagingFolder) : IDisposable
{
    private readonly FolderCatalog _folders = new();
    private readonly Dictionary<string, BackupCatalog> _stores = new(StringComparer.Ordinal);

    /// <summary>The catalog of a backup or of a folder.</summary>
    /// <param name="location">Its full path or its location.</param>
    /// <exception cref="SqliteBackupException">The location is none, or its store can't be opened.</exception>
    public BackupCatalog For(string location)
    {
        if (!StoreLocation.NamesScheme(location))
        {
            return _folders;
        }

        StoreLocation folder = StoreLocation.Parse(location).Folder;
        string key = folder.ToString();
        if (!_stores.TryGetValue(key, out BackupCatalog? store))
        {
            store = folder.IsRepository ? openRepository(folder) : new StoreCatalog(BackupStores.Open(folder, settings(folder.Scheme)), stagingFolder);
            _stores.Add(key, store);
        }

        return store;
    }

    /// <summary>The backups that a folder has, or a pattern or a name in it names.</summary>
    /// <param name="location">The location in a store.</param>
    /// <param name="isLiteral">Whether its name is one, and no pattern.</param>
    /// <param name="recurse">Whether folders in a folder are listed too.</param>
    /// <param name="onLeftOut">Hears of what can't be read. On the calling thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SqliteBackupException">There is no backup of that name, or the store did not answer.</exception>
    public IReadOnlyList<CatalogEntry> Match(StoreLocation location, bool isLiteral, bool recurse, Action<string> onLeftOut, CancellationToken cancellationToken)
    {
        BackupCatalog catalog = For(location.ToString());
        if (!location.IsFolder && (isLiteral || !WildcardPattern.ContainsWildcardCharacters(location.Name)))
        {
            return [catalog.FindBackup(location.ToString(), cancellationToken) ?? throw NotFound(location)];
        }

        var leftOut = new List<string>();
        IReadOnlyList<CatalogEntry> all = catalog.ListFolder(location.Folder.ToString(), recurse, cancellationToken, reason =>
        {
            lock (leftOut)
            {
                leftOut.Add(reason);
            }
        });
        leftOut.ForEach(onLeftOut);
        if (location.IsFolder)
        {
            return all;
        }

        var pattern = new WildcardPattern(location.Name, WildcardOptions.CultureInvariant);
        return [.. all.Where(backup => pattern.IsMatch(backup.Backup![(backup.Backup!.LastIndexOf('/') + 1)..]))];
    }

    public void Dispose()
    {
        _folders.Dispose();
        foreach (BackupCatalog store in _stores.Values)
        {
            store.Dispose();
        }

        _stores.Clear();
    }

    private static SqliteBackupException NotFound(StoreLocation location) => new(
        BackupFailure.BackupNotFound,
        location.ToString(),
        $"'{location}' is no backup: there is nothing of that name, or it is no SQLite database, nor a compressed one. Put '/' after the name of a folder.");
}
