using System.IO.Enumeration;
using SqliteBackup.Platform;

namespace SqliteBackup.Catalog;

/// <summary>Which of the backups that were found a user wants to see.</summary>
public sealed record BackupSelection
{
    /// <summary>The databases: full paths of existing ones, or patterns for the path, or for the file name with or without its extension. Empty for all.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>Only backups of this instant (UTC) or a later one.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only backups of an instant before this one (UTC).</summary>
    public DateTime? Before { get; init; }

    /// <summary>
    /// Only backups that are older than this. With <see cref="Latest"/>, databases without any, too, and those whose latest backup is known to be
    /// bad: that is none.
    /// </summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>
    /// Only the newest backup of each database, with its <see cref="CatalogEntry.Status"/>, and each of <see cref="Databases"/> that has none. A file
    /// without a manifest belongs to none, and a safety copy is no backup.
    /// </summary>
    public bool Latest { get; init; }

    /// <summary>Selects.</summary>
    /// <param name="backups">What was found.</param>
    /// <returns>What is wanted, newest first; databases without a backup last.</returns>
    public IReadOnlyList<CatalogEntry> Of(IEnumerable<CatalogEntry> backups)
    {
        ArgumentNullException.ThrowIfNull(backups);
        List<CatalogEntry> wanted =
        [
            .. BackupCatalog.Sort(backups.Where(backup => IsOfDatabase(backup)
                && (After is null || backup.SnapshotTakenAt >= After)
                && (Before is null || backup.SnapshotTakenAt < Before)).DistinctBy(backup => backup.Backup)),
        ];
        return Latest ? LatestOf(wanted) : [.. wanted.Where(backup => OlderThan is null || backup.Age > OlderThan)];
    }

    /// <summary>Those of <see cref="Databases"/> that no backup is of, whenever it was made.</summary>
    /// <param name="backups">What was found.</param>
    public IReadOnlyList<string> Unmatched(IEnumerable<CatalogEntry> backups)
    {
        string[] found = [.. backups.Select(backup => backup.Database).OfType<string>().Distinct()];
        return [.. Databases.Distinct().Where(database => !Array.Exists(found, path => Matches(database, path)))];
    }

    private List<CatalogEntry> LatestOf(IReadOnlyList<CatalogEntry> wanted)
    {
        // One that a wrong clock dated into the future would hide for years that no fresh one is made.
        CatalogEntry[] all = [.. wanted.Where(backup => backup.Key is { IsSafetyCopy: false })];
        ILookup<DatabaseKey, CatalogEntry> databases = all.OrderBy(backup => backup.IsFromFuture).ToLookup(backup => backup.Key!.Value);
        IEnumerable<CatalogEntry> latest = databases.Select(backups => backups.First() with
        {
            Status = StatusOf(backups.First()),
            Since = backups.FirstOrDefault(backup => backup is { Verified: true, IsBad: false })?.SnapshotTakenAt,
        });
        IEnumerable<CatalogEntry> missing = Databases.Where(database => IsOne(database) && !Array.Exists(all, backup => Matches(database, backup.Database!))).Distinct()
            .Select(database => new CatalogEntry { Database = database, Host = Environment.MachineName, ManifestState = ManifestState.Missing, Status = FreshnessStatus.Missing });
        return [.. BackupCatalog.Sort(latest).Where(backup => OlderThan is null || backup.Status is FreshnessStatus.Stale or FreshnessStatus.Damaged), .. missing];
    }

    private FreshnessStatus StatusOf(CatalogEntry latest) =>
        latest.IsBad ? FreshnessStatus.Damaged
        : latest.Age > OlderThan ? FreshnessStatus.Stale
        : latest.Verified ? FreshnessStatus.Ok
        : FreshnessStatus.Unverified;

    // A pattern that matches nothing asked for no database in particular.
    private static bool IsOne(string database) => File.Exists(database) || !database.AsSpan().ContainsAny('*', '?');

    private bool IsOfDatabase(CatalogEntry backup) =>
        Databases.Count == 0 || (backup.Database is string path && Databases.Any(database => Matches(database, path)));

    // Only where case alone stands between the two is the file system asked for it.
    private static bool Matches(string database, string path) =>
        database == path
        || Matches(database, path, ignoreCase: false)
        || (Matches(database, path, ignoreCase: true) && FileCase.IsIgnoredIn(Path.GetDirectoryName(path) ?? ""));

    private static bool Matches(string database, string path, bool ignoreCase) =>
        FileSystemName.MatchesSimpleExpression(database, path, ignoreCase)
        || FileSystemName.MatchesSimpleExpression(database, Path.GetFileName(path), ignoreCase)
        || FileSystemName.MatchesSimpleExpression(database, Path.GetFileNameWithoutExtension(path), ignoreCase);
}
