using SqliteBackup.Operation;

namespace SqliteBackup.Catalog;

/// <summary>
/// The backups at one kind of location: the only way in which they are listed, added, read, judged and removed, wherever they stand. An
/// instance lists each folder once for the databases that are backed up to it, and then keeps count by itself: it is made for one command, and
/// several threads may use it.
/// </summary>
public abstract class BackupCatalog : IDisposable
{
    private readonly Dictionary<string, ILookup<DatabaseKey, CatalogEntry>> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _swept = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Folder, DatabaseKey Key), List<CatalogEntry>> _known = [];

    /// <summary>Whether it compresses what it is given by itself, and takes no file that is compressed already.</summary>
    public virtual bool StoresPlainContent => false;

    /// <summary>Whether a backup with the content of another costs next to nothing.</summary>
    internal virtual bool SharesContent => false;

    /// <summary>Lists the backups in a folder, newest first.</summary>
    /// <param name="folder">The folder's full path or location.</param>
    /// <param name="recurse">Whether the folders in it are listed too.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <param name="onLeftOut">Hears of what can't be read, or null. It may be called by several threads.</param>
    /// <returns>The backups. Files that are no databases, manifests and files in the making are left out.</returns>
    /// <exception cref="SqliteBackupException">The folder is missing, or can't be read.</exception>
    public abstract IReadOnlyList<CatalogEntry> ListFolder(string folder, bool recurse, CancellationToken cancellationToken, Action<string>? onLeftOut = null);

    /// <summary>Describes one backup.</summary>
    /// <param name="backup">Its full path or location.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The backup, or null where there is none, or what is there is no backup.</returns>
    /// <exception cref="SqliteBackupException">It can't be read.</exception>
    public abstract CatalogEntry? FindBackup(string backup, CancellationToken cancellationToken);

    /// <summary>Removes a backup that a plan lets go, then its manifest: a crash in between leaves a manifest alone, which harms nothing.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was freed.</returns>
    /// <exception cref="InvalidOperationException">The decision keeps it.</exception>
    /// <exception cref="SqliteBackupException">The backup is not what was listed any more, or can't be removed.</exception>
    public abstract BackupRemoval Remove(RetentionDecision decision, CancellationToken cancellationToken);

    /// <summary>Brings a backup where it can be read as a file: one of this machine stays where it is, any other is downloaded, once and whole.</summary>
    /// <param name="backup">Its full path or location.</param>
    /// <param name="betweenChunks">Told how many bytes came so far, and of how many; it may throw.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <returns>The file. Its owner disposes of it.</returns>
    /// <exception cref="SqliteBackupException">There is none, it can't be read, it is not what its manifest says, or there is no room for it.</exception>
    public abstract FetchedBackup Fetch(string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken);

    /// <summary>
    /// Removes what killed runs left of unfinished backups where one is about to begin: once for each folder. What can't be removed stays, and
    /// hinders nobody.
    /// </summary>
    /// <param name="backup">The full path or location of the backup.</param>
    public void SweepFolderOf(string backup)
    {
        string folder = FolderOf(backup);
        if (_swept.Add(folder))
        {
            Sweep(folder);
        }
    }

    /// <summary>Ends what it holds open.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Where the private copy of a database is made that is to become a backup.</summary>
    /// <param name="destination">The backup's full path or location.</param>
    /// <returns>The full path of a file: the copy stands beside it under a name of its own.</returns>
    internal abstract string StagingPathFor(string destination);

    /// <summary>Whether a manifest stands beside a backup that is to be replaced.</summary>
    internal abstract bool HasManifest(string backup);

    /// <summary>Throws where a backup can't be put, as far as that is seen beforehand.</summary>
    /// <param name="backup">What is to be made.</param>
    /// <exception cref="SqliteBackupException">The name is taken, the database's own, or another file's; or there is no room for the copy.</exception>
    internal abstract void ThrowUnlessFree(BackupPlan backup);

    /// <summary>Puts a finished copy and its manifest under their names.</summary>
    /// <param name="backup">The copy, and what is known of it.</param>
    /// <returns>Where it stands now.</returns>
    /// <exception cref="SqliteBackupException">
    /// It failed: what stood there is as it was, unless <see cref="SqliteBackupException.FileStands"/> says otherwise.
    /// </exception>
    internal abstract BackupPlacement Add(NewBackup backup);

    /// <summary>The same, where a backup may wait for others with which it shares what is written.</summary>
    internal virtual PendingPlacement Take(NewBackup backup) => PendingPlacement.At(Add(backup));

    /// <summary>Adds a backup of a database that nobody wrote to since another was made of it; nothing is read. Where <see cref="SharesContent"/>.</summary>
    /// <param name="same">The other backup.</param>
    /// <param name="manifest">The new one's manifest.</param>
    /// <param name="meter">Hears of warnings.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Where it stands.</returns>
    /// <exception cref="SqliteBackupException">It failed, or the other is gone.</exception>
    internal virtual BackupPlacement AddUntouched(CatalogEntry same, BackupManifest manifest, ProgressMeter meter, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Each backup here is a file of its own.");

    /// <summary>Whether a backup still has the size that was listed.</summary>
    internal abstract bool IsAsListed(CatalogEntry backup);

    /// <summary>Reads all bytes of a backup and throws unless they are those that were checked when it was made. Damage is written down.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="busy">Ends it.</param>
    /// <param name="warn">Hears that damage could not be written down.</param>
    /// <exception cref="SqliteBackupException">It is damaged, or can't be read.</exception>
    internal abstract void ReadWhole(CatalogEntry backup, LockWaiter busy, Action<string> warn);

    /// <summary>Writes into a backup's manifest that its database still is what it was, as of now.</summary>
    /// <exception cref="SqliteBackupException">The manifest can't be written.</exception>
    internal abstract void Refresh(CatalogEntry backup, SourceFingerprint fingerprint, LockWaiter busy);

    /// <summary>Writes into a backup's manifest what a check found, where that is news.</summary>
    /// <param name="read">The bytes that were checked.</param>
    /// <param name="check">What was found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it was written. Not where the backup is no longer the file that was read.</returns>
    /// <exception cref="SqliteBackupException">The manifest can't be written.</exception>
    internal abstract bool Record(FetchedBackup read, ManifestCheck check, CancellationToken cancellationToken);

    /// <summary>The folder that a backup stands in.</summary>
    internal abstract string FolderOf(string backup);

    /// <summary>The backups of one database in a folder, newest first.</summary>
    internal IReadOnlyList<CatalogEntry> Of(string folder, DatabaseKey key, CancellationToken cancellationToken)
    {
        lock (_known)
        {
            return [.. Known(folder, key, cancellationToken)];
        }
    }

    /// <summary>Counts a backup in that was just made.</summary>
    internal void Count(CatalogEntry backup, CancellationToken cancellationToken)
    {
        lock (_known)
        {
            List<CatalogEntry> known = Known(FolderOf(backup.Backup!), backup.Key!.Value, cancellationToken);
            known.RemoveAll(other => other.Backup == backup.Backup);
            known.Insert(0, backup);
        }
    }

    /// <summary>Forgets a backup that was removed.</summary>
    internal void Forget(CatalogEntry backup)
    {
        lock (_known)
        {
            if (_known.TryGetValue((FolderOf(backup.Backup!), backup.Key!.Value), out List<CatalogEntry>? known))
            {
                known.RemoveAll(other => other.Backup == backup.Backup);
            }
        }
    }

    /// <summary>Newest first.</summary>
    internal static IReadOnlyList<CatalogEntry> Sort(IEnumerable<CatalogEntry> entries) =>
        [.. entries.OrderByDescending(entry => entry.Order).ThenBy(entry => entry.Backup, StringComparer.Ordinal)];

    /// <summary>Removes what killed runs left in a folder.</summary>
    private protected abstract void Sweep(string folder);

    /// <summary>The backups of one database in a folder, newest first. The folder is listed once for all of its databases.</summary>
    private protected virtual IEnumerable<CatalogEntry> ListDatabase(string folder, DatabaseKey key, CancellationToken cancellationToken)
    {
        if (!_folders.TryGetValue(folder, out ILookup<DatabaseKey, CatalogEntry>? listed))
        {
            IReadOnlyList<CatalogEntry> all = HasFolder(folder) ? ListFolder(folder, recurse: false, cancellationToken) : [];
            listed = all.Where(entry => entry.Key is not null).ToLookup(entry => entry.Key!.Value);
            _folders.Add(folder, listed);
        }

        return listed[key];
    }

    /// <summary>Whether there may be backups in a folder. One that a backup is to make has none.</summary>
    private protected virtual bool HasFolder(string folder) => true;

    /// <summary>Ends what it holds open.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private List<CatalogEntry> Known(string folder, DatabaseKey key, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((folder, key), out List<CatalogEntry>? known))
        {
            return known;
        }

        known = [.. ListDatabase(folder, key, cancellationToken)];
        _known.Add((folder, key), known);
        return known;
    }
}
