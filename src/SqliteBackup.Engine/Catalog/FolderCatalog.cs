using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>The backups in folders of this machine. Listing reads manifests and sizes; only a file without a manifest is looked into.</summary>
public sealed class FolderCatalog : BackupCatalog
{

    /// <summary>Lists the backups in a folder, newest first.</summary>
    /// <param name="folder">The full path of the folder.</param>
    /// <param name="recurse">Whether the folders in it are listed too. Links to folders are not followed.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <param name="onLeftOut">Hears of folders and files below it that can't be read, or null.</param>
    /// <returns>The backups. Files that are no databases, manifests and files in the making are left out.</returns>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.FileNotFound"/> or <see cref="BackupFailure.SourceOpenFailed"/>: the folder can't be read.</exception>
    public static IReadOnlyList<CatalogEntry> List(string folder, bool recurse, CancellationToken cancellationToken, Action<string>? onLeftOut = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new SqliteBackupException(
                BackupFailure.FileNotFound, folder, $"There is no folder '{folder}', or this user may not enter it. Check the path.");
        }

        DateTime now = DateTime.UtcNow;
        var entries = new List<CatalogEntry>();
        foreach (FileInfo[] files in FileErrors.Guard(folder, BackupFailure.SourceOpenFailed, () => FilesOf(folder, recurse, onLeftOut)))
        {
            HashSet<string> names = files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
            foreach (FileInfo file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!IsBeside(file.Name, names) && !StagingName.Matches(file.Name) && !StagingName.IsFailed(file.Name) && Describe(file, names, now, onLeftOut) is CatalogEntry entry)
                {
                    entries.Add(entry);
                }
            }
        }

        return Sort(entries);
    }

    /// <summary>Describes one backup file.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>The backup, or null where the file is gone or no database.</returns>
    public static CatalogEntry? Find(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? Describe(file, null, DateTime.UtcNow, null) : null;
    }

    /// <summary>
    /// Whether a file is one that this module made of a database, which a search for databases leaves out: a backup with a manifest, what a
    /// restore saved, a copy that failed its check, a manifest.
    /// </summary>
    /// <param name="path">Its full path.</param>
    /// <returns>False also where that can't be told.</returns>
    public static bool IsBackup(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return StagingName.IsFailed(path)
            || SafetyCopyName.TryParse(path, out _, out _)
            || ManifestFile.Read(path).State == ManifestState.Present
            || (path.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) && ManifestFile.Read(path[..^BackupManifest.FileSuffix.Length]).State == ManifestState.Present);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CatalogEntry> ListFolder(
        string folder, bool recurse, CancellationToken cancellationToken, Action<string>? onLeftOut = null) => List(folder, recurse, cancellationToken, onLeftOut);

    /// <inheritdoc/>
    public override CatalogEntry? FindBackup(string backup, CancellationToken cancellationToken) => Find(backup);

    /// <inheritdoc/>
    public override BackupRemoval Remove(RetentionDecision decision, CancellationToken cancellationToken)
    {
        BackupRemoval removal = BackupRemoval.Run(decision);
        if (decision.Entry.Key is not null)
        {
            Forget(decision.Entry);
        }

        return removal;
    }

    /// <inheritdoc/>
    public override FetchedBackup Fetch(string backup, Action<long, long> betweenChunks, CancellationToken cancellationToken) => new(backup, backup);

    /// <inheritdoc/>
    internal override string StagingPathFor(string destination) => destination;

    /// <inheritdoc/>
    internal override bool HasManifest(string backup) => ManifestFile.Read(backup).State == ManifestState.Present;

    /// <inheritdoc/>
    internal override void ThrowUnlessFree(BackupPlan backup)
    {
        DestinationRules.Check(backup.Database, backup.Destination, backup.Overwrite || backup.MayRename);
        if (backup.HasManifest)
        {
            ManifestFile.ThrowIfForeign(backup.Destination);
        }
    }

    /// <inheritdoc/>
    internal override BackupPlacement Add(NewBackup backup)
    {
        BackupPlacement placement = FolderPublication.Run(backup);
        if (placement.IsRecorded)
        {
            // What was just written need not be read again.
            Count(CatalogEntries.Of(placement.Backup, backup.Manifest!.StoredBytes, backup.Manifest, DateTime.UtcNow), backup.CancellationToken);
        }

        return placement;
    }

    /// <inheritdoc/>
    internal override bool IsAsListed(CatalogEntry backup) => new FileInfo(backup.Backup!) is { Exists: true } file && file.Length == backup.StoredBytes;

    /// <inheritdoc/>
    internal override void ReadWhole(CatalogEntry backup, LockWaiter busy, Action<string> warn)
    {
        BackupReader reader = BackupReader.Open(backup.Backup!, []);
        try
        {
            reader.Verify(_ => busy.ThrowIfOver());
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.ChecksumMismatch && reader.Sha256 is string sha256)
        {
            Forget(backup);
            try
            {
                CheckRecord.Write(backup.Backup!, reader.Status, new ManifestCheck(VerifyLevel.Full, CheckStatus.Corrupt, DateTime.UtcNow, sha256));
            }
            catch (SqliteBackupException unwritten)
            {
                warn($"That '{backup.Backup}' is damaged could not be written down: {unwritten.Message}");
            }

            throw;
        }
    }

    /// <inheritdoc/>
    internal override void Refresh(CatalogEntry backup, SourceFingerprint fingerprint, LockWaiter busy)
    {
        using BackupLock held = BackupLock.Take(backup.Backup!, busy.ThrowIfOver);
        if (ManifestFile.Read(backup.Backup!).Manifest is BackupManifest manifest && manifest.Sha256 == backup.Manifest!.Sha256)
        {
            ManifestFile.Write(backup.Backup!, manifest with { SourceFingerprint = fingerprint }, ManifestFile.RightsOf(backup.Backup!));
        }
    }

    /// <inheritdoc/>
    internal override bool Record(FetchedBackup read, ManifestCheck check, CancellationToken cancellationToken) =>
        CheckRecord.Write(read.Backup, read.Read, check);

    /// <inheritdoc/>
    internal override string FolderOf(string backup) => Path.GetDirectoryName(backup)!;

    /// <inheritdoc/>
    private protected override void Sweep(string folder) => StagingName.SweepAbandoned(folder);

    /// <inheritdoc/>
    private protected override bool HasFolder(string folder) => Directory.Exists(folder);

    private static List<FileInfo[]> FilesOf(string folder, bool recurse, Action<string>? onLeftOut)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = false, AttributesToSkip = 0 };
        var found = new List<FileInfo[]> { new DirectoryInfo(folder).GetFiles("*", options) };
        if (recurse)
        {
            foreach (DirectoryInfo child in new DirectoryInfo(folder).EnumerateDirectories("*", options).Where(child => child.LinkTarget is null))
            {
                try
                {
                    found.AddRange(FilesOf(child.FullName, recurse: true, onLeftOut));
                }
                catch (Exception exception) when (FileErrors.IsFileError(exception))
                {
                    onLeftOut?.Invoke($"'{child.FullName}' was left out with all that is in it: {exception.Message}");
                }
            }
        }

        return found;
    }

    // A manifest or a sidecar of another file in the folder.
    private static bool IsBeside(string name, HashSet<string> names) =>
        (name.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) && names.Contains(name[..^BackupManifest.FileSuffix.Length]))
        || Sidecars.IsBeside(name, names.Contains);

    private static CatalogEntry? Describe(FileInfo file, HashSet<string>? names, DateTime now, Action<string>? onLeftOut)
    {
        bool mayHaveManifest = names?.Contains(file.Name + BackupManifest.FileSuffix) ?? true;
        (ManifestState state, BackupManifest? manifest) =
            mayHaveManifest ? ManifestFile.Read(file.FullName) : (ManifestState.Missing, null);
        return manifest is null ? FromFile(file, state, now, onLeftOut) : FromManifest(file, manifest, now);
    }

    private static CatalogEntry FromManifest(FileInfo file, BackupManifest manifest, DateTime now)
    {
        if (file.Length != manifest.StoredBytes && ManifestFile.Read(file.FullName).Manifest is BackupManifest current)
        {
            // Both may have been replaced between the two looks at them.
            file.Refresh();
            manifest = current;
        }

        long size = file.Exists ? file.Length : 0;
        return CatalogEntries.Of(file.FullName, size, manifest, now);
    }

    private static CatalogEntry? FromFile(FileInfo file, ManifestState state, DateTime now, Action<string>? onLeftOut)
    {
        if (file.Length == 0 || BackupProbe.Look(file.FullName, reason => onLeftOut?.Invoke($"'{file.FullName}' was left out: {reason}")) is not BackupProbe probe)
        {
            return null;
        }

        CatalogEntry entry = CatalogEntries.Of(file.FullName, file.Length, file.LastWriteTimeUtc, probe, state, now);
        return SafetyCopyName.TryParse(file.FullName, out string database, out DateTime takenAt)
            ? entry with { Database = database, Host = Environment.MachineName, IsSafetyCopy = true, SnapshotTakenAt = takenAt, Age = now - takenAt }
            : entry;
    }
}
