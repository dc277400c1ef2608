namespace SqliteBackup.Repository;

/// <summary>What goes wrong with repositories, in words that say what to do.</summary>
internal static class RepositoryErrors
{
    public static SqliteBackupException NotFound(string location) => new(
        BackupFailure.RepositoryNotFound,
        location,
        $"There is no repository at '{location}'. Check the location, or make one there with New-SqliteBackupRepository.");

    public static SqliteBackupException Exists(string location) => new(
        BackupFailure.DestinationExists,
        location,
        $"There is a repository at '{location}' already. Use it, or choose another location.");

    public static SqliteBackupException WithoutConfig(string location) => new(
        BackupFailure.StoreCorrupt,
        location,
        $"'{location}' holds keys of a repository, but not its config. If the repository was in use, get the file 'config' back from a copy of it; "
        + "if it was only being made, empty the location and make it again.");

    public static SqliteBackupException Version(string location, int version) => new(
        BackupFailure.RepositoryNotFound,
        location,
        version == 1
            ? $"The repository at '{location}' has format version 1, which does not compress. Upgrade it with 'restic migrate upgrade_repo_v2', or make a new one."
            : $"The repository at '{location}' has format version {version}, which this version of SqliteBackup does not know. Update the module.");

    public static SqliteBackupException PasswordWrong(string location) => new(
        BackupFailure.PasswordWrong,
        location,
        $"No key of the repository at '{location}' opens with this password. Check the password; each key has its own.");

    public static SqliteBackupException Damaged(string location, string name, string what, Exception? cause = null) => new(
        BackupFailure.StoreCorrupt,
        location,
        $"'{name}' in the repository at '{location}' is damaged: {what}. Test-SqliteBackupRepository -ReadData says which backups that hurts.",
        innerException: cause);

    public static SqliteBackupException BlobMissing(string location, HashId id) => new(
        BackupFailure.StoreCorrupt,
        location,
        $"No index of the repository at '{location}' knows of blob {id}. Where its pack is still there, 'restic repair index' finds it again; "
        + "Test-SqliteBackupRepository says which backups are hurt.");

    public static SqliteBackupException BlobsMissing(string location, int count) => new(
        BackupFailure.StoreCorrupt,
        location,
        $"No index of the repository at '{location}' knows of {count} blobs that snapshots need. Nothing was removed. Where their packs are still there, "
        + "'restic repair index' finds them again; Test-SqliteBackupRepository says which backups are hurt.");

    public static SqliteBackupException PackMissing(string location, HashId pack) => new(
        BackupFailure.StoreCorrupt,
        location,
        $"Pack {pack} is missing from the repository at '{location}', or not as long as its index says. Nothing was removed. "
        + "Test-SqliteBackupRepository says which backups that hurts.");

    public static SqliteBackupException SnapshotNotFound(string location, string id) => new(
        BackupFailure.BackupNotFound,
        location,
        $"There is no backup {id} in the repository at '{location}'. Somebody may have removed it meanwhile.");

    public static SqliteBackupException SnapshotAmbiguous(string location, string id, int count) => new(
        BackupFailure.InvalidOption,
        location,
        $"{count} backups in the repository at '{location}' have an id that begins with {id}. Give more of its digits; Get-SqliteBackup lists them.");

    public static SqliteBackupException Locked(string location, string by) => new(
        BackupFailure.RepositoryLocked,
        location,
        $"The repository at '{location}' is locked by {by}. Wait until that has ended. If it no longer runs, 'restic unlock' removes the lock, "
        + "and 30 minutes after its last sign of life it no longer counts.");

    public static SqliteBackupException LockLost(string location, Exception? cause) => new(
        BackupFailure.RepositoryLocked,
        location,
        $"The lock on the repository at '{location}' could not be refreshed in time, and others may no longer respect it. The work was given up; "
        + "what was stored before is safe. Try again when the store answers.",
        innerException: cause);

    public static SqliteBackupException LastKey(string location) => new(
        BackupFailure.InvalidOption,
        location,
        $"This is the last key of the repository at '{location}': without it nobody could open the repository. Add another first.");

    public static SqliteBackupException KeyNotFound(string location, string id) => new(
        BackupFailure.InvalidOption,
        location,
        $"The repository at '{location}' has no key {id}, or more than one that begins so. Get-SqliteBackupRepositoryKey lists its keys.");

    public static SqliteBackupException SessionBroken(string location, Exception cause) => new(
        (cause as SqliteBackupException)?.Failure ?? BackupFailure.BackupFailed,
        location,
        $"An earlier error ended the work in the repository at '{location}': {cause.Message}",
        innerException: cause);

    public static SqliteBackupException SourceChanged(string path) => new(
        BackupFailure.ChecksumMismatch,
        path,
        $"'{path}' became shorter while it was read. Try again.");
}
