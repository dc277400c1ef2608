using System.IO.Enumeration;

namespace SqliteBackup.Catalog;

/// <summary>Which of the backups that were found a user wants to see.</summary>
public sealed record BackupSelection
{
    /// <summary>The databases: full paths of existing ones, or patterns for the path or the file name. Empty for all.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];

    /// <summary>Only backups of this instant (UTC) or a later one.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only backups of an instant before this one (UTC).</summary>
    public DateTime? Before { get; init; }

    /// <summary>
    /// Only backups that are older than this. With <see cref="Latest"/>, databases of <see cref="Databases"/> without any, too, and those
    /// whose latest backup is known to be bad: that is none.
    /// </summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Only the newest backup of each database. A file without a manifest belongs to none, and a safety copy is no backup.</summary>
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
        if (Latest)
        {
            // One that a wrong clock dated into the future would hide for years that no fresh one is made.
            wanted = [.. wanted.Where(backup => backup.Key is { IsSafetyCopy: false }).OrderBy(backup => backup.IsFromFuture).DistinctBy(backup => backup.Key)];
            wanted = [.. BackupCatalog.Sort(wanted)];
        }

        IEnumerable<CatalogEntry> missing = Latest && OlderThan is not null
            ? Databases.Where(database => File.Exists(database) && wanted.TrueForAll(backup => backup.Database != database)).Distinct()
                .Select(database => new CatalogEntry { Database = database, Host = Environment.MachineName, ManifestState = ManifestState.Missing })
            : [];
        return [.. wanted.Where(backup => OlderThan is null || backup.Age > OlderThan || (Latest && backup.IsBad)), .. missing];
    }

    private bool IsOfDatabase(CatalogEntry backup) =>
        Databases.Count == 0 || (backup.Database is string path && Databases.Any(database => Matches(database, path)));

    private static bool Matches(string database, string path) =>
        database == path
        || FileSystemName.MatchesSimpleExpression(database, path, ignoreCase: OperatingSystem.IsWindows())
        || FileSystemName.MatchesSimpleExpression(database, Path.GetFileName(path), ignoreCase: OperatingSystem.IsWindows());
}
