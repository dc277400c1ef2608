using SqliteBackup.Operation;

namespace SqliteBackup.Catalog;

/// <summary>Removes the backups of one database that the rules no longer keep, after a new one was made.</summary>
internal static class BackupPruner
{
    /// <summary>Prunes. What can't be removed is said and stays.</summary>
    /// <param name="catalog">The backups.</param>
    /// <param name="newest">The full path or location of the backup that was just made; it stays whatever the rules are.</param>
    /// <param name="key">The database.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="meter">Hears of what goes, and of what stays and why.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many were removed, and the bytes that this freed.</returns>
    public static (int Removed, long BytesFreed) Run(
        BackupCatalog catalog, string newest, DatabaseKey key, RetentionPolicy policy, ProgressMeter meter, CancellationToken cancellationToken)
    {
        IReadOnlyList<RetentionDecision> plan =
            RetentionPlan.Make(catalog.Of(catalog.FolderOf(newest), key, cancellationToken), policy, DateTime.UtcNow);
        if (plan.Any(decision => decision.IsHeldByFailedCheck))
        {
            meter.Warn($"The backup is complete, but no old one of '{key.Path}' was removed: the newest check of its backups failed, and this one was not checked. Back up with -Verify Quick or Full.");
        }

        (int removed, long freed) = (0, 0);
        foreach (RetentionDecision kept in plan.Where(decision => decision.IsKept))
        {
            meter.Tell($"Kept '{kept.Entry.Backup}': {string.Join(", ", kept.Reasons)}.");
        }

        foreach (RetentionDecision decision in plan.Where(decision => !decision.IsKept && decision.Entry.Backup != newest))
        {
            try
            {
                freed += catalog.Remove(decision, cancellationToken).BytesFreed;
                removed++;
                meter.Tell($"Removed '{decision.Entry.Backup}': no rule keeps it.");
            }
            catch (SqliteBackupException exception)
            {
                meter.Warn($"The backup is complete, but an old one was not removed: {exception.Message}");
            }
        }

        return (removed, freed);
    }
}
