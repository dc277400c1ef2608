using SqliteBackup.Operation;

namespace SqliteBackup.Catalog;

/// <summary>Whether a database's latest backup already has its content, and is as good as a new one would be.</summary>
internal sealed class UnchangedCheck(
    BackupCatalog catalog, UnchangedRule rule, SourceFingerprint? fingerprint, ProgressMeter meter, LockWaiter busy, CancellationToken cancellationToken)
{
    private string? _intact;

    private string Folder => catalog.FolderOf(rule.Destination);

    /// <summary>The latest backup, where nothing says that anybody wrote to the database since.</summary>
    public CatalogEntry? FindUntouched() =>
        fingerprint is not null && Latest() is CatalogEntry latest && latest.Manifest!.SourceFingerprint == fingerprint ? latest : null;

    /// <summary>The latest backup, where it holds exactly what was copied.</summary>
    /// <param name="contentSha256">The copy's hash.</param>
    /// <param name="ofCopy">The database's fingerprint, where it is still what it was before it was copied.</param>
    public CatalogEntry? FindEqual(string? contentSha256, SourceFingerprint? ofCopy)
    {
        if (Latest() is not CatalogEntry latest || latest.Manifest!.ContentSha256 != contentSha256)
        {
            return null;
        }

        Refresh(latest, ofCopy);
        return latest;
    }

    /// <summary>Whether a backup's bytes were read now, and are those that passed its check.</summary>
    public bool WasRead(CatalogEntry latest) => _intact == latest.Backup;

    private CatalogEntry? Latest() =>
        catalog.Of(Folder, rule.Database, cancellationToken).FirstOrDefault(IsComparable) is CatalogEntry latest
        && !latest.IsBad
        && latest.CheckLevel >= rule.Verify
        && latest.Manifest!.IsCompact == rule.IsCompact
        && HasRecipients(latest.Manifest)
        && catalog.IsAsListed(latest)
        && (rule.Verify != VerifyLevel.Full || IsIntact(latest))
            ? latest
            : null;

    private bool HasRecipients(BackupManifest manifest) => rule.Recipients is null
        ? !manifest.IsEncrypted
        : manifest.IsEncrypted && manifest.Recipients!.ToHashSet(StringComparer.Ordinal).SetEquals(rule.Recipients);

    private bool IsComparable(CatalogEntry backup) => !backup.IsFromFuture && (!rule.HasFixedName || backup.Backup == rule.Destination);

    // What is asked to be checked thoroughly is read: its own word for what it was once is no check.
    private bool IsIntact(CatalogEntry latest)
    {
        if (WasRead(latest))
        {
            return true;
        }

        meter.Enter(BackupState.Checking);
        try
        {
            catalog.ReadWhole(latest, busy, meter.Warn);
            _intact = latest.Backup;
            return true;
        }
        catch (SqliteBackupException exception) when (exception.Failure != BackupFailure.BackupTimedOut)
        {
            meter.Warn($"The latest backup of '{rule.Database.Path}' is no reason to skip this one: {exception.Message}");
            return false;
        }
    }

    private void Refresh(CatalogEntry latest, SourceFingerprint? ofCopy)
    {
        if (ofCopy is null || ofCopy == latest.Manifest!.SourceFingerprint)
        {
            return;
        }

        try
        {
            catalog.Refresh(latest, ofCopy, busy);
        }
        catch (SqliteBackupException exception)
        {
            meter.Warn($"'{rule.Database.Path}' is unchanged, but that could not be written down for the next run: {exception.Message}");
        }
    }
}
