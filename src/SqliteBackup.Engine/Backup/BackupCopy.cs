using SqliteBackup.Catalog;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>Copies one backup with its manifest to another place: fetched, held against the manifest, stored, and then the manifest.</summary>
public sealed class BackupCopy
{
    private readonly BackupCopyRequest _request;
    private readonly Action<long, long> _betweenChunks;
    private readonly OperationContext _operation;
    private readonly CopyOptions _options;

    private BackupCopy(BackupCopyRequest request, Action<long, long> betweenChunks, IBackupObserver? observer, CancellationToken cancellationToken)
    {
        _request = request;
        _betweenChunks = betweenChunks;
        _options = new CopyOptions { MaxBytesPerSecond = request.MaxBytesPerSecond };
        _operation = new OperationContext(request.Source, request.Destination, _options, observer, control: null, cancellationToken);
    }

    /// <summary>Copies. What stands at the destination already, whole, is left as it is.</summary>
    /// <param name="request">What, and where to.</param>
    /// <param name="betweenChunks">Told how many bytes were read so far, and of how many; it may throw.</param>
    /// <param name="observer">Hears of warnings, or null.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <returns>What stands there now.</returns>
    /// <exception cref="SqliteBackupException">
    /// There is no such backup, it has no manifest that says what its bytes must be, or it is not what that says; the name is taken by
    /// something else; a store or a disk failed. What stood at the destination is as it was.
    /// </exception>
    public static BackupCopyResult Run(
        BackupCopyRequest request, Action<long, long> betweenChunks, IBackupObserver? observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(betweenChunks);
        return new BackupCopy(request, betweenChunks, observer, cancellationToken).Run();
    }

    private BackupCopyResult Run()
    {
        BackupManifest manifest = ManifestOfSource();
        CatalogEntry? there = _request.DestinationCatalog.FindBackup(_request.Destination, _operation.CancellationToken);
        if (there is { ManifestState: ManifestState.Present } && there.Manifest!.Sha256 == manifest.Sha256 && there.StoredBytes == manifest.StoredBytes)
        {
            return ResultOf(manifest, _request.Destination, isSkipped: true);
        }

        var plan = new BackupPlan(_request.Source, _request.Destination, _request.Overwrite, MayRename: false, HasManifest: true);
        _request.DestinationCatalog.ThrowUnlessFree(plan);
        using StagedFile file = Stage(manifest);
        BackupPlacement placement = _request.DestinationCatalog.Add(new NewBackup
        {
            Plan = plan,
            File = file,
            Sha256 = manifest.Sha256,
            Manifest = manifest,
            // Who may read the source is another machine's matter.
            Rights = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            Options = _options,
            Meter = _operation.Meter,
            Busy = _operation.WaiterFor(_request.Source),
            CancellationToken = _operation.CancellationToken,
        });
        return ResultOf(manifest, placement.Backup, isSkipped: false);
    }

    private BackupManifest ManifestOfSource()
    {
        CatalogEntry source = _request.SourceCatalog.FindBackup(_request.Source, _operation.CancellationToken)
            ?? throw new SqliteBackupException(
                BackupFailure.BackupNotFound, _request.Source, $"'{_request.Source}' is no backup: there is nothing of that name, or it is no SQLite database, nor a compressed one.");
        return source.ManifestState switch
        {
            ManifestState.Present => source.Manifest!,
            ManifestState.Missing => throw new SqliteBackupException(
                BackupFailure.InvalidOption,
                _request.Source,
                $"'{_request.Source}' was not copied: it has no manifest, so nothing says what its bytes must be. Copy the file itself, or make a new backup of the database."),
            _ => throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch, _request.Source, $"'{_request.Source}' was not copied: it is not the file that its manifest describes, or the manifest is damaged. Use another backup."),
        };
    }

    private StagedFile Stage(BackupManifest manifest)
    {
        string path = _request.DestinationCatalog.StagingPathFor(_request.Destination);
        return path == _request.Destination ? Filled() : StagingRoom.Guard(Path.GetDirectoryName(path)!, _request.Source, Filled);

        StagedFile Filled()
        {
            var file = StagedFile.Create(path);
            try
            {
                Fill(file, manifest);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    // The copy has the manifest's bytes, or there is none.
    private void Fill(StagedFile file, BackupManifest manifest)
    {
        RateBudget? rate = _request.MaxBytesPerSecond is long limit ? new RateBudget(limit) : null;
        using FetchedBackup fetched = Fetch(new DownloadPace(rate, control: null, _operation.CancellationToken));

        // From folder to folder this is all the way that there is; a file in the making is uploaded at the rate later.
        bool isWholeWay = fetched.Path == _request.Source && _request.DestinationCatalog.StagingPathFor(_request.Destination) == _request.Destination;
        var pace = new DownloadPace(isWholeWay ? rate : null, control: null, _operation.CancellationToken);
        using var content = new HashingStream(OpenFile(fetched.Path, manifest));
        using Stream target = file.OpenStream();
        StreamCopy.Run(content, target, done =>
        {
            pace.Pass(done);
            _betweenChunks(done, manifest.StoredBytes);
        });
        if (content.Sha256 != manifest.Sha256 || content.Count != manifest.StoredBytes)
        {
            throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch,
                _request.Source,
                $"'{_request.Source}' was not copied: it is not what was written. Its SHA-256 is {content.Sha256}, its manifest says {manifest.Sha256}. Use another backup.");
        }
    }

    private FetchedBackup Fetch(DownloadPace pace) => _request.SourceCatalog.Fetch(
        _request.Source,
        (done, total) =>
        {
            pace.Pass(done);
            _betweenChunks(done, total);
        },
        _operation.CancellationToken);

    // What SQLite may have open is never opened as a plain file.
    private static Stream OpenFile(string path, BackupManifest manifest) =>
        manifest.Sha256 == manifest.ContentSha256
            ? new RawDatabaseStream(RawDatabaseFile.Open(path), new FileInfo(path).Length)
            : FileErrors.Guard(path, BackupFailure.SourceOpenFailed, () => RegularFile.OpenRead(path));

    private BackupCopyResult ResultOf(BackupManifest manifest, string backup, bool isSkipped) => new()
    {
        Database = manifest.Source.Path,
        Backup = backup,
        Source = _request.Source,
        Bytes = manifest.Bytes,
        StoredBytes = manifest.StoredBytes,
        StartedAt = manifest.StartedAt,
        Sha256 = manifest.Sha256,
        IsSkipped = isSkipped,
        Duration = _operation.Meter.Elapsed,
    };
}
