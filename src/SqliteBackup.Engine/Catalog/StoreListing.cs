using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>Lists the backups of a store: one listing, then the manifests that are not known yet, some at a time.</summary>
internal sealed class StoreListing(IBackupStore store, StoreManifests manifests)
{
    // A request waits for the network and not for this machine.
    private const int MaxRequests = 8;

    // Enough for the first block of anything that is compressed.
    private const int ProbedBytes = 1 << 18;

    /// <summary>Lists.</summary>
    /// <param name="prefix">A folder in the store, ending in '/'; empty for its root.</param>
    /// <param name="recurse">Whether folders in it are listed too.</param>
    /// <param name="onLeftOut">Hears of what can't be read, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The backups, in no order.</returns>
    public IEnumerable<CatalogEntry> Run(string prefix, bool recurse, Action<string>? onLeftOut, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredFile> files = store.List(prefix, recurse, cancellationToken).ToDictionary(file => file.Name, StringComparer.Ordinal);
        StoredFile[] backups = [.. files.Values.Where(file => !IsBeside(file.Name, files) && !StagingName.Matches(file.Name) && !StagingName.IsFailed(file.Name))];
        var entries = new CatalogEntry?[backups.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxRequests, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, backups.Length, options, i =>
                entries[i] = Describe(backups[i], files.GetValueOrDefault(StoreManifests.NameOf(backups[i].Name)), onLeftOut, cancellationToken));
        }
        catch (AggregateException exception)
        {
            // One stands for all: what the first request failed of.
            throw exception.InnerExceptions.OfType<SqliteBackupException>().FirstOrDefault() ?? exception.InnerExceptions[0];
        }

        return entries.OfType<CatalogEntry>();
    }

    /// <summary>Describes a file of the store.</summary>
    /// <param name="file">The file.</param>
    /// <param name="manifestFile">Its manifest, or null where it has none.</param>
    /// <param name="onLeftOut">Hears of what can't be read, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The backup, or null where the file is none.</returns>
    public CatalogEntry? Describe(StoredFile file, StoredFile? manifestFile, Action<string>? onLeftOut, CancellationToken cancellationToken)
    {
        (ManifestState state, BackupManifest? manifest) = manifests.Read(manifestFile, cancellationToken);
        string backup = store.Location + file.Name;
        DateTime now = DateTime.UtcNow;
        if (manifest is not null)
        {
            return CatalogEntries.Of(backup, file.Bytes, manifest, now) with { ManifestBytes = manifestFile!.Bytes };
        }

        return Probe(file, onLeftOut, cancellationToken) is BackupProbe probe
            ? CatalogEntries.Of(backup, file.Bytes, file.ModifiedAt, probe, state, now) with { ManifestBytes = manifestFile?.Bytes ?? 0 }
            : null;
    }

    private BackupProbe? Probe(StoredFile file, Action<string>? onLeftOut, CancellationToken cancellationToken)
    {
        if (file.Bytes == 0)
        {
            return null;
        }

        try
        {
            using Stream content = store.OpenRead(file.Name, 0, Math.Min(file.Bytes, ProbedBytes), cancellationToken);
            return BackupProbe.Look(content, file.Name);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.BackupNotFound)
        {
            // Removed since it was listed.
            return null;
        }
        catch (SqliteBackupException exception)
        {
            onLeftOut?.Invoke($"'{store.Location}{file.Name}' was left out: {exception.Message}");
            return null;
        }
    }

    private static bool IsBeside(string name, Dictionary<string, StoredFile> files) =>
        name.EndsWith(BackupManifest.FileSuffix, StringComparison.Ordinal) && files.ContainsKey(name[..^BackupManifest.FileSuffix.Length]);
}
