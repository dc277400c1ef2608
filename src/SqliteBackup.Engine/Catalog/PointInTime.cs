namespace SqliteBackup.Catalog;

/// <summary>Which backup of a database shows it as it was at an instant: the newest verified one of that instant or before.</summary>
public static class PointInTime
{
    /// <summary>Chooses it.</summary>
    /// <param name="backups">The backups of one database. Safety copies among them, and files without a manifest, do not count.</param>
    /// <param name="at">The instant, UTC; null for the newest.</param>
    /// <returns>What was chosen, and what would have been newer.</returns>
    public static PointInTimeChoice Choose(IEnumerable<CatalogEntry> backups, DateTime? at)
    {
        ArgumentNullException.ThrowIfNull(backups);
        var passedOver = new List<PassedOverBackup>();
        foreach (CatalogEntry backup in backups
            .Where(backup => backup.Key is { IsSafetyCopy: false } && (at is null || backup.SnapshotTakenAt <= at))
            .OrderByDescending(backup => backup.SnapshotTakenAt).ThenByDescending(backup => backup.Order))
        {
            if (ReasonAgainst(backup, at) is not string reason)
            {
                return new PointInTimeChoice(backup, passedOver);
            }

            passedOver.Add(new PassedOverBackup(backup, reason));
        }

        return new PointInTimeChoice(null, passedOver);
    }

    private static string? ReasonAgainst(CatalogEntry backup, DateTime? at) =>
        at is null && backup.IsFromFuture ? "a clock that was wrong dated it into the future"
        : backup.IsBad ? "it is known to be damaged"
        : !backup.Verified ? "it was never checked"
        : null;
}

/// <summary>The backup that shows a database as it was at an instant.</summary>
/// <param name="Backup">The backup, or null where none is fit for it.</param>
/// <param name="PassedOver">Newer ones that are not, newest first.</param>
public sealed record PointInTimeChoice(CatalogEntry? Backup, IReadOnlyList<PassedOverBackup> PassedOver);

/// <summary>A backup that was not chosen although it is newer.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="Reason">Why not, as part of a sentence.</param>
public sealed record PassedOverBackup(CatalogEntry Backup, string Reason);
