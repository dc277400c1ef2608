using SqliteBackup.Catalog;

namespace SqliteBackup.Parameters;

/// <summary>Which backup is restored where a user names a place, a database and an instant.</summary>
/// <param name="Backup">The full path or location of the backup.</param>
/// <param name="Reason">Why this one, as a sentence.</param>
/// <param name="PassedOver">Newer ones that were not taken, each as a sentence.</param>
internal sealed record BackupChoice(string Backup, string Reason, IReadOnlyList<string> PassedOver)
{
    /// <summary>Chooses it.</summary>
    /// <param name="backups">All that stand at the place.</param>
    /// <param name="database">The database: its path, its file's name with or without extension, or a pattern.</param>
    /// <param name="place">The place, as the user named it.</param>
    /// <param name="at">The instant, UTC; null for the newest.</param>
    /// <exception cref="SqliteBackupException">There is none, or several databases are meant.</exception>
    public static BackupChoice Make(IEnumerable<CatalogEntry> backups, string database, string place, DateTime? at)
    {
        IReadOnlyList<CatalogEntry> meant = [.. new BackupSelection { Databases = [database] }.Of(backups).Where(backup => !backup.IsSafetyCopy)];
        string[] databases = [.. meant.Select(backup => $"'{backup.Database}' of {backup.Host}").Distinct()];
        if (databases.Length > 1)
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, place, $"'{database}' means {databases.Length} databases at '{place}': {string.Join(", ", databases)}. Name one by its full path, or a folder that has only one's backups.");
        }

        PointInTimeChoice choice = PointInTime.Choose(meant, at);
        string instant = at is DateTime wanted ? $" at or before {wanted.ToLocalTime():yyyy-MM-dd HH:mm:ss}" : "";
        string[] passedOver =
        [
            .. choice.PassedOver.Select(passed => $"'{passed.Backup.Backup}' of {passed.Backup.SnapshotTakenAt?.ToLocalTime():yyyy-MM-dd HH:mm:ss} is newer and was not taken: {passed.Reason}."),
        ];
        return choice.Backup is CatalogEntry backup
            ? new BackupChoice(
                backup.Backup!, $"Taking '{backup.Backup}' of {backup.SnapshotTakenAt?.ToLocalTime():yyyy-MM-dd HH:mm:ss}: the newest verified backup of '{backup.Database}'{instant}.", passedOver)
            : throw new SqliteBackupException(
                BackupFailure.BackupNotFound,
                place,
                $"There is no verified backup of '{database}' at '{place}'{instant}. {string.Join(" ", passedOver)} See what there is with Get-SqliteBackup, and name a backup itself to restore it all the same.".Replace("  ", " ", StringComparison.Ordinal));
    }
}
