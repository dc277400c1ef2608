using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>
/// The backups in a store: S3, SFTP, Azure Blob, rclone. What is to stand there is made on this machine and uploaded whole, its manifest last;
/// what is to be read is downloaded whole. Nothing is opened by SQLite over a network.
/// </summary>
public sealed class StoreCatalog : BackupCatalog
{
    private readonly IBackupStore _store;
    private readonly string _stagingFolder;
    private readonly StoreListing _listing;
    private readonly StoreManifests _manifests;

    /// <summary>Makes a catalog of a store, which it owns.</summary>
    /// <param name="store">The store.</param>
    /// <param name="stagingFolder">The full path of the folder for copies on this machine, or null for the system's folder of temporary files.</param>
    public StoreCatalog(IBackupStore store, string? stagingFolder = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _stagingFolder = stagingFolder ?? Path.GetTempPath();
        _manifests = new StoreManifests(store);
        _listing = new StoreListing(store, _manifests);
    }

    /// <summary>What can be relied on in the store.</summary>
    public StorePromises Promises => _store.Promises;

    /// <inheritdoc/>
    public override IReadOnlyList<CatalogEntry> ListFolder(
        string folder, bool recurse, CancellationToken cancellationToken, Action<string>? onLeftOut = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Sort(_listing.Run(NameOf(folder), recurse, onLeftOut, cancellationToken));
    }

    /// <inheritdoc/>
    public override CatalogEntry? FindBackup(string backup, CancellationToken cancellationToken)
    {
        string name = NameOf(backup);
        return _store.Stat(name, cancellationToken) is StoredFile file
            ? _listing.Describe(file, _store.Stat(StoreManifests.NameOf(name), cancellationToken), onLeftOut: null, cancellationToken)
            : null;
    }

    /// <inheritdoc/>
    public override BackupRemoval Remove(RetentionDecision decision, CancellationToken cancellationToken)
    {
        BackupRemoval removal = BackupRemoval.Of(decision);
        removal.ThrowIfKept();
        string name = NameOf(removal.Backup);
        if (_store.Stat(name, cancellationToken) is StoredFile file
            && (file.Bytes != decision.Entry.StoredBytes || _manifests.ReadNow(name, cancellationToken).Manifest?.Sha256 != decision.Entry.Manifest?.Sha256))
        {
            throw BackupRemoval.Changed(removal.Backup);
        }

        _store.Delete(name, cancellationToken);
        _manifests.Withdraw(name, cancellationToken);
        if (decision.Entry.Key is not null)
        {
            Forget(decision.Entry);
        }

        return removal with { Action = RemovalAction.Removed };
    }

    /// <inheritdoc/>
    public override FetchedBackup Fetch(string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken) =>
        new StoreDownload(_store, _manifests, _stagingFolder).Run(NameOf(backup), backup, betweenChunks, cancellationToken);

    /// <inheritdoc/>
    internal override string StagingPathFor(string destination) => Path.Combine(_stagingFolder, destination[FolderOf(destination).Length..]);

    /// <inheritdoc/>
    internal override bool HasManifest(string backup) => true;

    /// <inheritdoc/>
    internal override void ThrowUnlessFree(BackupPlan backup)
    {
        if (!backup.Overwrite && !backup.MayRename && IsTaken(NameOf(backup.Destination), CancellationToken.None))
        {
            throw DestinationRules.Exists(backup.Destination);
        }

        StagingRoom.ThrowIfLess(_stagingFolder, FileStatus.Of(backup.Database)?.Size ?? 0, backup.Database);
    }

    /// <inheritdoc/>
    internal override BackupPlacement Add(NewBackup backup)
    {
        BackupPlacement placement = new StoreUpload(_store, _manifests, backup).Run(NameOf, name => IsTaken(name, backup.CancellationToken));
        if (placement.IsRecorded)
        {
            Count(CatalogEntries.Of(placement.Backup, backup.File.Length, backup.Manifest!, DateTime.UtcNow), backup.CancellationToken);
        }

        return placement;
    }

    /// <inheritdoc/>
    internal override bool IsAsListed(CatalogEntry backup) => _store.Stat(NameOf(backup.Backup!), CancellationToken.None)?.Bytes == backup.StoredBytes;

    /// <inheritdoc/>
    internal override void ReadWhole(CatalogEntry backup, LockWaiter busy, Action<string> warn)
    {
        string name = NameOf(backup.Backup!);
        StoredFile? before = _store.Stat(name, CancellationToken.None);
        using var content = new HashingStream(_store.OpenRead(name, 0, null, CancellationToken.None));
        StreamCopy.Run(content, Stream.Null, _ => busy.PauseIfSuspended());
        if (content.Sha256 == backup.Manifest!.Sha256)
        {
            return;
        }

        Forget(backup);
        try
        {
            Record(name, before, new ManifestCheck(VerifyLevel.Full, CheckStatus.Corrupt, DateTime.UtcNow, content.Sha256), CancellationToken.None);
        }
        catch (SqliteBackupException unwritten)
        {
            warn($"That '{backup.Backup}' is damaged could not be written down: {unwritten.Message}");
        }

        throw new SqliteBackupException(
            BackupFailure.ChecksumMismatch,
            backup.Backup!,
            $"'{backup.Backup}' is not what was written: its SHA-256 is {content.Sha256}, its manifest says {backup.Manifest.Sha256}. Use another backup.");
    }

    /// <inheritdoc/>
    internal override void Refresh(CatalogEntry backup, SourceFingerprint fingerprint, LockWaiter busy)
    {
        string name = NameOf(backup.Backup!);
        if (_manifests.ReadNow(name, CancellationToken.None).Manifest is BackupManifest manifest && manifest.Sha256 == backup.Manifest!.Sha256)
        {
            _manifests.Write(name, manifest with { SourceFingerprint = fingerprint }, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    internal override bool Record(FetchedBackup read, ManifestCheck check, CancellationToken cancellationToken) =>
        Record(NameOf(read.Backup), read.Stored, check, cancellationToken);

    /// <inheritdoc/>
    internal override string FolderOf(string backup) => backup[..Math.Max(_store.Location.Length, backup.LastIndexOf('/') + 1)];

    /// <inheritdoc/>
    private protected override void Sweep(string folder)
    {
        StagingName.SweepAbandoned(_stagingFolder);
        try
        {
            _store.SweepAbandoned(CancellationToken.None);
        }
        catch (SqliteBackupException)
        {
            // Whoever uses the store next hears of it.
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _store.Dispose();
        }

        base.Dispose(disposing);
    }

    // A verdict is about bytes: only while the store has the file that was read.
    private bool Record(string name, StoredFile? read, ManifestCheck check, CancellationToken cancellationToken)
    {
        if (read is null
            || _manifests.ReadNow(name, cancellationToken).Manifest is not BackupManifest manifest
            || !CheckRecord.IsNews(manifest, check)
            || _store.Stat(name, cancellationToken) != read)
        {
            return false;
        }

        _manifests.Write(name, manifest with { Check = check }, cancellationToken);
        return true;
    }

    private bool IsTaken(string name, CancellationToken cancellationToken) =>
        _store.Stat(name, cancellationToken) is not null || _store.Stat(StoreManifests.NameOf(name), cancellationToken) is not null;

    private string NameOf(string location) =>
        location.StartsWith(_store.Location, StringComparison.Ordinal)
            ? location[_store.Location.Length..]
            : throw new ArgumentException($"'{location}' is not in '{_store.Location}'.", nameof(location));
}
