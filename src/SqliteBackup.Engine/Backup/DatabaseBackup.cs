using SqliteBackup.Catalog;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Backup;

/// <summary>Backs up one database: open, copy, check, store, record, prune.</summary>
public sealed class DatabaseBackup
{
    // How often a source that came into use while it was read as unused is opened again, each time the way that then fits.
    private const int MaxAttempts = 5;

    private readonly BackupRequest _request;
    private readonly ProgressMeter _meter;
    private readonly LockWaiter _busy;
    private readonly CancellationToken _cancellationToken;
    private readonly BackupCatalog _catalog;
    private readonly DatabaseKey _key;
    private readonly BackupPlan _plan;
    private readonly string _stagingPath;

    // What is to be encrypted never stands, plain, where the backup will.
    private readonly string _copyPath;

    // A manifest that is there must not outlive the backup that it describes.
    private readonly bool _hasManifest;

    private DatabaseBackup(BackupRequest request, IBackupObserver? observer, BackupControl control, CancellationToken cancellationToken)
    {
        _request = request;
        _cancellationToken = cancellationToken;
        var operation = new OperationContext(request.Database, request.Destination, request.Copy, observer, control, cancellationToken);
        _meter = operation.Meter;
        _busy = operation.WaiterFor(request.Database);
        _catalog = request.Catalog ?? new FolderCatalog();
        _key = new DatabaseKey(Environment.MachineName, request.Database);
        _hasManifest = request.WriteManifest || (request.Overwrite && _catalog.HasManifest(request.Destination));
        _plan = new BackupPlan(request.Database, request.Destination, request.Overwrite, request.MayRename, _hasManifest);
        _stagingPath = _catalog.StagingPathFor(request.Destination);
        _copyPath = request.Encoding.IsEncrypted
            ? Path.Combine(request.StagingFolder ?? Path.GetTempPath(), Path.GetFileName(_stagingPath))
            : _stagingPath;
    }

    /// <summary>The version of SQLite that makes the copies, such as 3.53.4.</summary>
    /// <exception cref="SqliteBackupException">The native library is missing or could not be loaded.</exception>
    public static string SqliteVersion
    {
        get
        {
            NativeSqlite.Initialize();
            return NativeSqlite.Version;
        }
    }

    /// <summary>Runs a backup on the calling thread until it stands under its name.</summary>
    /// <param name="request">What to back up, and how.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="cancellationToken">Ends the backup within a step; nothing is left behind.</param>
    /// <returns>What the backup was.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind, and an existing file at the destination is untouched.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BackupResult Run(BackupRequest request, IBackupObserver? observer, CancellationToken cancellationToken) =>
        Run(request, observer, new BackupControl(), cancellationToken);

    /// <summary>Runs a backup on the calling thread until it stands under its name, steered by another.</summary>
    /// <param name="request">What to back up, and how.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="control">Suspends, resumes or stops it. One is for one backup.</param>
    /// <param name="cancellationToken">Ends the backup within a step; nothing is left behind.</param>
    /// <returns>What the backup was.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind, and an existing file at the destination is untouched.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the control was told to stop.</exception>
    public static BackupResult Run(BackupRequest request, IBackupObserver? observer, BackupControl control, CancellationToken cancellationToken)
    {
        using StartedBackup started = Start(request, observer, control, cancellationToken);
        return started.Finish();
    }

    /// <summary>
    /// Runs a backup on the calling thread until its database and the copy of it are needed no longer. In a repository it may then wait for others,
    /// to share with them what is written; <see cref="StartedBackup.Finish"/> has it stand.
    /// </summary>
    /// <param name="request">What to back up, and how.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="control">Suspends, resumes or stops it. One is for one backup.</param>
    /// <param name="cancellationToken">Ends the backup within a step; nothing is left behind.</param>
    /// <returns>The backup. Its owner finishes it and disposes of it.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind, and an existing file at the destination is untouched.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the control was told to stop.</exception>
    public static StartedBackup Start(BackupRequest request, IBackupObserver? observer, BackupControl control, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(control);
        NativeSqlite.Initialize();
        var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IDisposable attachment = control.Attach(running);
        var backup = new DatabaseBackup(request, observer, control, running.Token);
        var started = new StartedBackup(backup._meter, () =>
        {
            attachment.Dispose();
            running.Dispose();
        });
        try
        {
            started.Take(() => backup.InStaging(backup._stagingPath, () => backup.InStaging(backup._copyPath, backup.Run)));
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    private (Task Stored, Func<BackupResult> Finish) Run()
    {
        ThrowUnlessLevelFits();
        PrepareStaging();
        _busy.PauseIfSuspended();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return BackUp();
            }
            catch (SourceChangedException) when (attempt < MaxAttempts)
            {
                _busy.ThrowIfOver();
            }
            catch (SourceChangedException exception)
            {
                throw new SqliteBackupException(
                    BackupFailure.SourceBusy,
                    _request.Database,
                    $"{exception.Message} It came into use {MaxAttempts} times in a row. Try again when its application runs steadily or not at all.",
                    innerException: exception);
            }
        }
    }

    // Beside the backup is no staging folder, and -StagingPath changes nothing there.
    private T InStaging<T>(string path, Func<T> run) =>
        path == _request.Destination ? run() : StagingRoom.Guard(Path.GetDirectoryName(path)!, _request.Database, run);

    // The way of every backup: open, copy, check, store, record, prune. What comes last is returned, and the copy is gone by then.
    private (Task Stored, Func<BackupResult> Finish) BackUp()
    {
        SourceFingerprint? fingerprint = _hasManifest || _request.SkipUnchanged ? SourceFingerprints.TryTake(_request.Database) : null;
        UnchangedCheck unchanged = CreateUnchangedCheck(fingerprint);
        if ((_request.SkipUnchanged || _catalog.SharesContent) && !_request.CheckForeignKeys && unchanged.FindUntouched() is CatalogEntry untouched)
        {
            _meter.Tell($"'{_request.Database}': not opened, as nobody wrote to it since '{untouched.Backup}' was made of it.");
            BackupResult same = BackupResults.Unchanged(_request, untouched, unchanged.WasRead(untouched), _meter);
            return Done(_request.SkipUnchanged ? same : AddUntouched(untouched, same));
        }

        using BackupSource source = new SourceOpener(_request.Database, _busy, Stage).Open();
        _catalog.ThrowUnlessFree(_plan);
        using StagedFile copy = Stage();
        var maker = new CopyMaker(_request, _copyPath, _meter, _busy);
        CopyStatistics copied = maker.Copy(source, copy);
        source.Dispose();
        using StagedFile? compacted = _request.Compact ? maker.Compact(copy, copied) : null;
        StagedFile plain = compacted ?? copy;
        plain.FlushRest();
        _busy.PauseIfSuspended();

        using StagedFile? encoded = _request.Encoding.IsPlain ? null : StagedFile.Create(_stagingPath);
        BackupEncoder? encoder = encoded is null ? null : new BackupEncoder(plain, encoded, _request.Encoding);
        var check = new CopyCheck(_request, _meter, _busy, _cancellationToken);

        // What may turn out to be there already is not encoded before that is known.
        EncodedHashes? hashes = encoder is null || _request.SkipUnchanged ? null : check.Run(plain, encoder.Run, () => Report(encoder));
        string? contentSha256 = hashes is null ? check.Run(plain, _hasManifest || _request.SkipUnchanged) : hashes.ContentSha256;
        _busy.PauseIfSuspended();
        SourceFingerprint? ofCopy = FingerprintOfCopy(fingerprint);
        if (_request.SkipUnchanged && unchanged.FindEqual(contentSha256, ofCopy) is CatalogEntry equal)
        {
            _meter.Tell($"'{_request.Database}': the copy equals '{equal.Backup}' and is not kept.");
            return Done(BackupResults.Unchanged(_request, equal, unchanged.WasRead(equal), _meter));
        }

        StagedFile stored = encoded ?? plain;
        FileRights rights = BackupRights.For(_request.Database, stored.Path);
        hashes ??= encoder is null ? null : Encode(encoder);
        string? sha256 = hashes is null ? contentSha256 : hashes.StoredSha256;
        _busy.ThrowIfOver();
        _meter.Enter(BackupState.Publishing);
        BackupResult described = _request.CreateResult(copied, _meter) with { StoredBytes = stored.Length, Sha256 = sha256 };
        BackupManifest? manifest = _hasManifest
            ? BackupManifests.Create(_request, described, plain, contentSha256!, ofCopy, _catalog.Of(_catalog.FolderOf(_request.Destination), _key, _cancellationToken))
            : null;
        PendingPlacement placing = _catalog.Take(new NewBackup
        {
            Plan = _plan,
            File = stored,
            Sha256 = sha256,
            Manifest = manifest,
            Rights = rights,
            Options = _request.Copy,
            Meter = _meter,
            Busy = _busy,
            CancellationToken = _cancellationToken,
        });
        return (placing.Stored, () => Finish(placing.Finish(), described, copied));
    }

    private static (Task Stored, Func<BackupResult> Finish) Done(BackupResult result) => (Task.CompletedTask, () => result);

    private BackupResult Finish(BackupPlacement placement, BackupResult described, CopyStatistics copied)
    {
        BackupResult result = _request.CreateResult(copied, _meter) with
        {
            Backup = placement.Backup,
            StoredBytes = described.StoredBytes,
            Sha256 = described.Sha256,
            Promises = placement.Promises,
            Unchanged = placement.Unchanged,
            BytesAdded = placement.BytesAdded,
            ExtentsAdded = placement.ExtentsAdded,
        };

        // Who stops it that late has the backup, and no old one removed.
        return placement.IsRecorded && !_cancellationToken.IsCancellationRequested ? Prune(result) : result;
    }

    // Costs a repository a snapshot of a kilobyte. The verdict is that of the same bytes, as old as it is.
    private BackupResult AddUntouched(CatalogEntry untouched, BackupResult same)
    {
        _meter.Enter(BackupState.Publishing);
        DateTime taken = same.StartedAt;
        BackupManifest manifest = BackupManifests.Again(
            untouched.Manifest!, taken, _meter.Elapsed, _catalog.Of(_catalog.FolderOf(_request.Destination), _key, _cancellationToken));
        BackupPlacement placement = _catalog.AddUntouched(untouched, manifest, _meter, _cancellationToken);
        return Prune(same with
        {
            Backup = placement.Backup,
            SnapshotTakenAt = taken,
            Duration = _meter.Elapsed,
            BytesAdded = placement.BytesAdded,
            ExtentsAdded = placement.ExtentsAdded,
        });
    }

    private StagedFile Stage() => StagedFile.Create(_copyPath);

    private UnchangedCheck CreateUnchangedCheck(SourceFingerprint? fingerprint) => new(
        _catalog,
        new UnchangedRule(_key, _request.Destination, _request.HasFixedName, _request.Verify, _request.Compact, BackupManifests.RecipientsOf(_request)),
        fingerprint,
        _meter,
        _busy,
        _cancellationToken);

    // Only where it is still what it was before the copy began, the copy is what it stands for.
    private SourceFingerprint? FingerprintOfCopy(SourceFingerprint? before) =>
        before is not null && SourceFingerprints.TryTake(_request.Database) == before ? before : null;

    private EncodedHashes Encode(BackupEncoder encoder)
    {
        using var work = new SideWork<EncodedHashes>(encoder.Run, _cancellationToken);
        return work.Wait(() => Report(encoder));
    }

    private void Report(BackupEncoder encoder)
    {
        _busy.ThrowIfOver();
        _meter.Worked(_request.Compression == BackupCompression.None ? BackupState.Encrypting : BackupState.Compressing, encoder.Done, encoder.Total);
    }

    private BackupResult Prune(BackupResult result)
    {
        if (_request.Retention is null)
        {
            return result;
        }

        (int removed, long freed) = BackupPruner.Run(_catalog, result.Backup, _key, _request.Retention, _meter, _cancellationToken);
        return result with { Removed = removed, BytesFreed = freed };
    }

    private void PrepareStaging()
    {
        if (_request.Encoding.IsEncrypted && _catalog.StoresPlainContent)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, _request.Destination, $"A repository encrypts by itself. Leave the recipients out for '{_request.Destination}'.");
        }

        if (_copyPath != _stagingPath)
        {
            string folder = Path.GetDirectoryName(_copyPath)!;
            StagingName.SweepAbandoned(folder);
            StagingRoom.ThrowIfLess(folder, FileStatus.Of(_request.Database)?.Size ?? 0, _request.Database);
        }
    }

    private void ThrowUnlessLevelFits()
    {
        (int lowest, int highest) = Codec.LevelsOf(_request.Compression);
        if (_request.CompressionLevel is int level && (_request.Compression == BackupCompression.None || level < lowest || level > highest))
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption,
                _request.Destination,
                _request.Compression == BackupCompression.None
                    ? $"-CompressionLevel {level} says how to compress, and nothing says that it is to be done. Add -Compress Gzip or -Compress Zstd."
                    : $"{_request.Compression} has the levels {lowest} (fastest) to {highest} (smallest), not {level}. Choose one of them.");
        }
    }
}
