using System.Collections.Concurrent;
using SqliteBackup.Catalog;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Repository;

/// <summary>
/// The backups of databases in a repository; others' snapshots in it are left alone. For a whole command there is one open repository, one
/// lock and one index in memory, from the first backup that is stored or read on. A backup's address is as <see cref="SnapshotLocation"/> says.
/// </summary>
public sealed class RepositoryCatalog : BackupCatalog
{
    private const string CopyName = "repository.db";

    private readonly object _flushGate = new();
    private readonly ConcurrentQueue<string> _warnings;
    private readonly string _location;
    private readonly bool _isRemote;
    private readonly string _stagingFolder;
    private readonly IBackupStore _store;
    private readonly OpenRepository _opened;
    private readonly SnapshotEntries _entries;

    private RepositoryCatalog(
        StoreLocation location, IBackupStore store, ResticRepository repository, string? stagingFolder, ConcurrentQueue<string> warnings)
    {
        _location = location.ToString();
        _isRemote = location.IsRemote;
        _store = store;
        _opened = new OpenRepository(_location, repository);
        _entries = new SnapshotEntries(_location, _opened, warnings.Enqueue);
        _stagingFolder = stagingFolder ?? Path.GetTempPath();
        _warnings = warnings;
    }

    /// <inheritdoc/>
    public override bool StoresPlainContent => true;

    /// <inheritdoc/>
    internal override bool SharesContent => true;

    /// <summary>Its location, as its backups' addresses begin.</summary>
    public string Location => _location;

    /// <summary>Opens the catalog of a repository.</summary>
    /// <param name="location">Where it stands; see <see cref="SnapshotLocation.RepositoryOf"/>. A local one with a full path.</param>
    /// <param name="settings">How its store is opened.</param>
    /// <param name="password">The password of one of its keys, in UTF-8.</param>
    /// <param name="options">How it is worked with. Its warnings reach whoever lists or backs up.</param>
    /// <param name="stagingFolder">The full path of the folder for copies on this machine, or null for the system's folder of temporary files.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="SqliteBackupException">See <see cref="BackupStores.Open"/> and <see cref="ResticRepository.Open"/>.</exception>
    public static RepositoryCatalog Open(
        StoreLocation location, StoreSettings settings, ReadOnlySpan<byte> password, RepositoryOptions options, string? stagingFolder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(options);
        var warnings = new ConcurrentQueue<string>();
        IBackupStore store = BackupStores.Open(location with { IsRepository = false }, settings);
        try
        {
            string? cache = options.CacheFolder ?? (location.IsRemote ? CacheFolder.TryMake("repositories") : null);
            var repository = ResticRepository.Open(store, password, options with { CacheFolder = cache, Warn = warnings.Enqueue }, cancellationToken);
            return new RepositoryCatalog(location, store, repository, stagingFolder, warnings);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>What a user should know and has not been told yet: of locks that killed runs left, of files that can't be read.</summary>
    public IReadOnlyList<string> TakeWarnings()
    {
        var taken = new List<string>();
        while (_warnings.TryDequeue(out string? warning))
        {
            taken.Add(warning);
        }

        return taken;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CatalogEntry> ListFolder(
        string folder, bool recurse, CancellationToken cancellationToken, Action<string>? onLeftOut = null)
    {
        DateTime now = DateTime.UtcNow;
        IReadOnlyList<CatalogEntry> entries = Sort(_opened.Snapshots(cancellationToken).Select(snapshot => _entries.Of(snapshot, now, cancellationToken)));
        if (onLeftOut is not null)
        {
            Tell(onLeftOut);
        }

        return entries;
    }

    /// <inheritdoc/>
    public override CatalogEntry? FindBackup(string backup, CancellationToken cancellationToken) =>
        _opened.Find(backup, cancellationToken) is RepositorySnapshot snapshot ? _entries.Of(snapshot, DateTime.UtcNow, cancellationToken) : null;

    /// <inheritdoc/>
    public override BackupRemoval Remove(RetentionDecision decision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decision);
        BackupRemoval removal = BackupRemoval.Of(decision);
        removal.ThrowIfKept();
        RepositorySession session = _opened.Session(cancellationToken);
        session.Forget([_opened.Require(removal.Backup, cancellationToken)], cancellationToken);
        if (decision.Entry.Key is not null)
        {
            Forget(decision.Entry);
        }

        return removal with { Action = RemovalAction.Removed };
    }

    /// <inheritdoc/>
    public override FetchedBackup Fetch(string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(betweenChunks);
        RepositorySession session = _opened.Session(cancellationToken);
        RepositorySnapshot snapshot = _opened.Require(backup, cancellationToken);
        try
        {
            return new RepositoryDownload(session, _stagingFolder).Run(snapshot, backup, betweenChunks, cancellationToken);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt)
        {
            NoteDamage(session, snapshot, _warnings.Enqueue);
            throw;
        }
    }

    /// <inheritdoc/>
    internal override string StagingPathFor(string destination) => Path.Combine(_stagingFolder, CopyName);

    /// <inheritdoc/>
    internal override bool HasManifest(string backup) => true;

    /// <inheritdoc/>
    internal override void ThrowUnlessFree(BackupPlan backup) =>
        StagingRoom.ThrowIfLess(_stagingFolder, FileStatus.Of(backup.Database)?.Size ?? 0, backup.Database);

    /// <inheritdoc/>
    internal override BackupPlacement Add(NewBackup backup) => Take(backup).Finish();

    /// <inheritdoc/>
    internal override PendingPlacement Take(NewBackup backup)
    {
        BackupManifest manifest = backup.Manifest ?? throw new ArgumentException("A backup in a repository has a manifest.", nameof(backup));
        RepositorySession session = _opened.Session(backup.CancellationToken);
        Tell(backup.Meter.Warn);
        var content = new BackupContent
        {
            File = backup.File.Handle,
            Bytes = backup.File.Length,
            PageSize = manifest.PageSize,
            Database = manifest.Source.Path,
            Host = manifest.Source.Host,
            TakenAt = manifest.SnapshotTakenAt,
            Manifest = manifest,
            Advancing = new PacedExtents(backup, isPaced: _isRemote).Pass,
        };
        Task<StoredBackup> storing = session.Store(content, backup.CancellationToken);
        return new PendingPlacement(storing, () => Place(session, storing, manifest, backup.CancellationToken));
    }

    /// <inheritdoc/>
    internal override BackupPlacement AddUntouched(CatalogEntry same, BackupManifest manifest, ProgressMeter meter, CancellationToken cancellationToken)
    {
        RepositorySession session = _opened.Session(cancellationToken);
        Tell(meter.Warn);
        RepositorySnapshot snapshot = _opened.Require(same.Backup!, cancellationToken);
        return Place(session.StoreUnchanged(snapshot, manifest.SnapshotTakenAt, manifest, [], cancellationToken), manifest, cancellationToken);
    }

    /// <inheritdoc/>
    internal override bool IsAsListed(CatalogEntry backup) => _opened.Find(backup.Backup!, CancellationToken.None) is not null;

    /// <inheritdoc/>
    internal override void ReadWhole(CatalogEntry backup, LockWaiter busy, Action<string> warn)
    {
        RepositorySession session = _opened.Session(CancellationToken.None);
        RepositorySnapshot snapshot = _opened.Require(backup.Backup!, CancellationToken.None);
        try
        {
            session.Read(snapshot, _ => busy.PauseIfSuspended(), CancellationToken.None);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt)
        {
            Forget(backup);
            NoteDamage(session, snapshot, warn);
            throw;
        }
    }

    /// <inheritdoc/>
    internal override void Refresh(CatalogEntry backup, SourceFingerprint fingerprint, LockWaiter busy) =>
        _opened.Session(CancellationToken.None).Record(
            _opened.Require(backup.Backup!, CancellationToken.None), backup.Manifest! with { SourceFingerprint = fingerprint }, CancellationToken.None);

    /// <inheritdoc/>
    internal override bool Record(FetchedBackup read, ManifestCheck check, CancellationToken cancellationToken)
    {
        // Its bytes are those of its extents' hashes for ever: nobody can have put others there.
        RepositorySession session = _opened.Session(cancellationToken);
        if (_opened.Find(read.Backup, cancellationToken) is not RepositorySnapshot snapshot
            || session.ReadManifest(snapshot, cancellationToken) is not BackupManifest manifest
            || !CheckRecord.IsNews(manifest, check))
        {
            return false;
        }

        session.Record(snapshot, manifest with { Check = check }, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    internal override string FolderOf(string backup) => _location;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _opened.Dispose();
            _store.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    private protected override void Sweep(string folder) => Storage.StagingName.SweepAbandoned(_stagingFolder);

    /// <inheritdoc/>
    private protected override IReadOnlyList<CatalogEntry> ListDatabase(string folder, DatabaseKey key, CancellationToken cancellationToken)
    {
        DateTime now = DateTime.UtcNow;
        return Sort(_opened.Snapshots(cancellationToken)
            .Where(snapshot => snapshot.Host == key.Host && snapshot.Database == key.Path)
            .Select(snapshot => _entries.Of(snapshot, now, cancellationToken))
            .Where(entry => entry.Key == key));
    }

    private BackupPlacement Place(RepositorySession session, Task<StoredBackup> storing, BackupManifest manifest, CancellationToken cancellationToken)
    {
        lock (_flushGate)
        {
            // Those who wait here while another flushes are all in the next flush, and share its packs. It is not one's own to cancel.
            if (!storing.IsCompleted)
            {
                session.Flush(CancellationToken.None);
            }
        }

        return Place(storing.GetAwaiter().GetResult(), manifest, cancellationToken);
    }

    private BackupPlacement Place(StoredBackup stored, BackupManifest manifest, CancellationToken cancellationToken)
    {
        CatalogEntry entry = _entries.Of(stored.Snapshot, manifest, DateTime.UtcNow);
        Count(entry, cancellationToken);
        return new BackupPlacement(entry.Backup!, IsRecorded: true, stored.BytesAdded, stored.ExtentsAdded) { Unchanged = stored.Unchanged };
    }

    // Retention then removes nothing of the database's, and nobody takes it for good.
    private void NoteDamage(RepositorySession session, RepositorySnapshot snapshot, Action<string> warn)
    {
        try
        {
            if (session.ReadManifest(snapshot, CancellationToken.None) is BackupManifest manifest)
            {
                var check = new ManifestCheck(VerifyLevel.Quick, CheckStatus.Corrupt, DateTime.UtcNow, null);
                session.Record(snapshot, manifest with { Check = check }, CancellationToken.None);
            }
        }
        catch (SqliteBackupException unwritten)
        {
            warn($"That '{SnapshotLocation.Of(_location, snapshot)}' is damaged could not be written down: {unwritten.Message}");
        }
    }

    private void Tell(Action<string> tell)
    {
        foreach (string warning in TakeWarnings())
        {
            tell(warning);
        }
    }
}
