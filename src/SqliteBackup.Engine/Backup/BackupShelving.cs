using System.Reflection;
using SqliteBackup.Catalog;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Backup;

/// <summary>
/// What happens to a checked copy on its way to the shelf: compared with the database's latest backup, compressed, published, written down in
/// its manifest, and the backups that the rules no longer keep removed.
/// </summary>
internal sealed class BackupShelving(BackupRequest request, ProgressMeter meter, LockWaiter busy, CancellationToken cancellationToken)
{
    private static readonly string ModuleVersion =
        typeof(BackupShelving).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly BackupCatalog _shelf = request.Shelf ?? new BackupCatalog();
    private readonly SourceFingerprint? _stamp = request.WriteManifest || request.SkipUnchanged ? SourceFingerprints.TryTake(request.Database) : null;

    // A manifest that is there must not outlive the backup that it describes.
    private readonly bool _writesManifest =
        request.WriteManifest || (request.Overwrite && ManifestFile.Read(request.Destination).State == ManifestState.Present);

    private string? _intact;

    private string Folder => Path.GetDirectoryName(request.Destination)!;

    private DatabaseKey Key => new(Environment.MachineName, request.Database);

    /// <summary>Throws where the backup's manifest would take the place of another file, or its compression can't be had.</summary>
    public void CheckDestination()
    {
        ThrowUnlessLevelFits();
        if (_writesManifest)
        {
            ManifestFile.ThrowIfForeign(request.Destination);
        }
    }

    /// <summary>The latest backup of the database, where nothing says that anybody wrote to the database since.</summary>
    public CatalogEntry? FindUntouched() =>
        request.SkipUnchanged && !request.CheckForeignKeys && _stamp is not null && Latest() is CatalogEntry latest && latest.Manifest!.SourceFingerprint == _stamp ? latest : null;

    /// <summary>The hash of a copy where one is needed, computed while the copy is checked.</summary>
    public string? Hash(StagedFile copy, Action check)
    {
        if (!_writesManifest && !request.SkipUnchanged && request.Compression == BackupCompression.None)
        {
            check();
            return null;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<string> hash = Task.Run(() => HashOf(copy, stop.Token), CancellationToken.None);
        try
        {
            check();
            return hash.GetAwaiter().GetResult();
        }
        finally
        {
            // The copy must not go away under the thread that reads it.
            stop.Cancel();
            _ = Task.WhenAny(hash).GetAwaiter().GetResult();
        }
    }

    /// <summary>The latest backup of the database, where it holds exactly this copy.</summary>
    public CatalogEntry? FindEqual(string? contentSha256)
    {
        if (!request.SkipUnchanged || Latest() is not CatalogEntry latest || latest.Manifest!.ContentSha256 != contentSha256)
        {
            return null;
        }

        RefreshStamp(latest);
        return latest;
    }

    /// <summary>Compresses the copy where that is asked for, and gives it its name; then writes its manifest and prunes.</summary>
    public BackupResult Publish(StagedFile copy, string? contentSha256, CopyStatistics copied)
    {
        UnixFileMode mode = BackupRights.For(request.Database, copy.Path);
        if (request.Compression == BackupCompression.None)
        {
            return Publish(copy, copy, mode, contentSha256, contentSha256, copied);
        }

        using StagedFile target = StagedFile.Create(request.Destination);
        long length = copy.Length;
        (string sha256, _) = BackupCompressor.Run(copy, target, request.Compression, request.CompressionLevel, contentSha256!, done =>
        {
            busy.ThrowIfOver();
            meter.Worked(BackupState.Compressing, done, 2 * length);
        });
        return Publish(target, copy, mode, sha256, contentSha256, copied);
    }

    private void ThrowUnlessLevelFits()
    {
        (int lowest, int highest) = Codec.LevelsOf(request.Compression);
        if (request.CompressionLevel is int level && (request.Compression == BackupCompression.None || level < lowest || level > highest))
        {
            throw new SqliteBackupException(
                BackupFailure.BackupFailed,
                request.Destination,
                request.Compression == BackupCompression.None
                    ? $"-CompressionLevel {level} says how to compress, and nothing says that it is to be done. Add -Compress Gzip or -Compress Zstd."
                    : $"{request.Compression} has the levels {lowest} (fastest) to {highest} (smallest), not {level}. Choose one of them.");
        }
    }

    private static string HashOf(StagedFile copy, CancellationToken cancellationToken)
    {
        using var content = new HashingStream(copy.OpenStream());
        StreamCopy.Run(content, Stream.Null, _ => cancellationToken.ThrowIfCancellationRequested());
        return content.Sha256;
    }

    private BackupResult Publish(
        StagedFile stored, StagedFile copy, UnixFileMode mode, string? sha256, string? contentSha256, CopyStatistics copied)
    {
        busy.ThrowIfOver();
        meter.Enter(BackupState.Publishing);
        byte[] header = new byte[DatabaseHeader.Length];
        using (Stream content = copy.OpenStream())
        {
            content.ReadExactly(header);
        }

        long storedBytes = stored.Length;
        BackupResult Describe() => request.CreateResult(copied, meter) with { StoredBytes = storedBytes, Sha256 = sha256 };
        using StagedFile? manifest = _writesManifest ? StageManifest(Describe(), new DatabaseHeader(header), contentSha256!) : null;
        (string path, bool isRecorded) = new BackupPublication(request, meter, busy).Run(stored, manifest, mode);
        BackupResult result = Describe() with { Destination = path };
        if (isRecorded && BackupCatalog.Find(path) is { Manifest: not null } entry)
        {
            _shelf.Add(entry, cancellationToken);
        }

        return isRecorded ? Prune(result) : result;
    }

    private StagedFile? StageManifest(BackupResult result, DatabaseHeader header, string contentSha256)
    {
        try
        {
            return ManifestFile.Stage(request.Destination, CreateManifest(result, header, contentSha256));
        }
        catch (SqliteBackupException exception)
        {
            WarnOfManifest(exception);
            return null;
        }
    }

    private void WarnOfManifest(SqliteBackupException exception) =>
        meter.Warn($"The backup '{request.Destination}' is complete, but its manifest could not be written: {exception.Message}");

    private BackupResult Prune(BackupResult result)
    {
        if (request.Retention is null)
        {
            return result;
        }

        IReadOnlyList<RetentionDecision> plan = RetentionPlan.Make(_shelf.Of(Folder, Key, cancellationToken), request.Retention, DateTime.UtcNow);
        if (plan.Any(decision => decision.IsHeldByFailedCheck))
        {
            meter.Warn($"The backup is complete, but no old one of '{request.Database}' was removed: the newest check of its backups failed, and this one was not checked. Back up with -Verify Quick or Full.");
        }

        foreach (RetentionDecision decision in plan.Where(decision => !decision.IsKept && decision.Backup.FullName != result.Destination))
        {
            try
            {
                BackupRemoval removal = BackupRemoval.Run(decision);
                _shelf.Remove(decision.Backup);
                result = result with { Removed = result.Removed + 1, BytesFreed = result.BytesFreed + removal.BytesFreed };
            }
            catch (SqliteBackupException exception)
            {
                meter.Warn($"The backup is complete, but an old one was not removed: {exception.Message}");
            }
        }

        return result;
    }

    private BackupManifest CreateManifest(BackupResult result, DatabaseHeader header, string contentSha256) => new()
    {
        FormatVersion = BackupManifest.CurrentFormatVersion,
        Source = new ManifestSource(request.Database, Environment.MachineName, SourceFingerprints.IdentityOf(request.Database)),
        StartedAt = result.StartedAt,
        SnapshotTakenAt = result.SnapshotTakenAt,
        OrderedAt = OrderOf(result.SnapshotTakenAt),
        Duration = result.Duration,
        PageSize = result.PageSize,
        PageCount = result.PageCount,
        Bytes = result.Bytes,
        StoredBytes = result.StoredBytes,
        Sha256 = result.Sha256!,
        ContentSha256 = contentSha256,
        SqliteVersion = result.SqliteVersion,
        CopyMode = result.CopyMode,
        Restarts = result.Restarts,
        Check = new ManifestCheck(
            request.Verify, request.Verify == VerifyLevel.None ? CheckStatus.NotChecked : CheckStatus.Ok, DateTime.UtcNow, result.Sha256),
        Compression = request.Compression,
        IsCompact = request.Compact,
        ApplicationId = header.ApplicationId,
        UserVersion = header.UserVersion,
        ModuleVersion = ModuleVersion,
        SourceFingerprint = StampOfCopy(),
    };

    private DateTime? OrderOf(DateTime taken)
    {
        DateTime? last = _shelf.Of(Folder, Key, cancellationToken).Max(backup => backup.Order);
        return last >= taken && last < DateTime.MaxValue ? last.Value.AddTicks(1) : null;
    }

    // Only where it is still what it was before the copy began, the copy is what it stands for.
    private SourceFingerprint? StampOfCopy() => _stamp is not null && SourceFingerprints.TryTake(request.Database) == _stamp ? _stamp : null;

    private CatalogEntry? Latest() =>
        _shelf.Of(Folder, Key, cancellationToken).FirstOrDefault(IsComparable) is CatalogEntry latest
        && !latest.IsBad
        && latest.CheckLevel >= request.Verify
        && latest.Manifest!.IsCompact == request.Compact
        && new FileInfo(latest.FullName!) is { Exists: true } file
        && file.Length == latest.Size
        && (request.Verify != VerifyLevel.Full || IsIntact(latest))
            ? latest
            : null;

    // Another file of the folder is no reason to leave out one that somebody wants under its own name.
    private bool IsComparable(CatalogEntry backup) => !backup.IsFromFuture && (!request.HasFixedName || backup.FullName == request.Destination);

    /// <summary>Whether a backup's bytes were read now, and are those that passed its check.</summary>
    public bool WasRead(CatalogEntry latest) => _intact == latest.FullName;

    // What is asked to be checked thoroughly is read: its own word for what it was once is no check.
    private bool IsIntact(CatalogEntry latest)
    {
        if (WasRead(latest))
        {
            return true;
        }

        meter.Enter(BackupState.Checking);
        BackupReader reader = BackupReader.Open(latest.FullName!);
        try
        {
            reader.Verify(_ => busy.ThrowIfOver());
            _intact = latest.FullName;
            return true;
        }
        catch (SqliteBackupException exception) when (exception.Failure != BackupFailure.BackupTimedOut)
        {
            meter.Warn($"The latest backup of '{request.Database}' is no reason to skip this one: {exception.Message}");
            if (exception.Failure == BackupFailure.ChecksumMismatch && reader.Sha256 is string sha256)
            {
                _shelf.Remove(latest);
                Note(latest, reader.Status, new ManifestCheck(VerifyLevel.Full, CheckStatus.Corrupt, DateTime.UtcNow, sha256));
            }

            return false;
        }
    }

    private void Note(CatalogEntry damaged, FileStatus? read, ManifestCheck check)
    {
        try
        {
            CheckRecord.Write(damaged.FullName!, read, check);
        }
        catch (SqliteBackupException exception)
        {
            meter.Warn($"That '{damaged.FullName}' is damaged could not be written down: {exception.Message}");
        }
    }

    private void RefreshStamp(CatalogEntry latest)
    {
        if (StampOfCopy() is not SourceFingerprint stamp || stamp == latest.Manifest!.SourceFingerprint)
        {
            return;
        }

        try
        {
            using BackupLock held = BackupLock.Take(latest.FullName!, busy.ThrowIfOver);
            if (ManifestFile.Read(latest.FullName!).Manifest is BackupManifest manifest && manifest.Sha256 == latest.Manifest.Sha256)
            {
                ManifestFile.Write(latest.FullName!, manifest with { SourceFingerprint = stamp }, ManifestFile.ModeOf(latest.FullName!));
            }
        }
        catch (SqliteBackupException exception)
        {
            meter.Warn($"'{request.Database}' is unchanged, but that could not be written down for the next run: {exception.Message}");
        }
    }
}
