namespace SqliteBackup;

/// <summary>
/// Why an operation on one database failed. The names are the error ids that scripts test for: they never change their meaning.
/// </summary>
public enum BackupFailure
{
    /// <summary>The database (or backup) does not exist.</summary>
    FileNotFound,

    /// <summary>A path belongs to a PowerShell provider other than the file system.</summary>
    PathNotFileSystem,

    /// <summary>The destination exists, or something lies beside it that would be taken for a part of it.</summary>
    DestinationExists,

    /// <summary>Destination and source are one file, directly or through a link.</summary>
    DestinationIsSource,

    /// <summary>The source could not be opened or read.</summary>
    SourceOpenFailed,

    /// <summary>The destination's folder or file could not be made or written.</summary>
    DestinationOpenFailed,

    /// <summary>The file is not an SQLite database: empty, cut short, encrypted or something else.</summary>
    NotADatabase,

    /// <summary>Another process kept the source locked for longer than the busy timeout.</summary>
    SourceBusy,

    /// <summary>Writers kept restarting the copy, and one pass under a read lock would have kept them waiting for too long.</summary>
    BackupStalled,

    /// <summary>The whole backup took longer than its time limit.</summary>
    BackupTimedOut,

    /// <summary>No space is left where the backup is written.</summary>
    DestinationFull,

    /// <summary>SQLite reported another error while copying.</summary>
    BackupFailed,

    /// <summary>A restore failed; the target is as it was.</summary>
    RestoreFailed,

    /// <summary>The copy is corrupt, or could not be checked.</summary>
    IntegrityCheckFailed,

    /// <summary>A stored file is not the one that was recorded.</summary>
    ChecksumMismatch,

    /// <summary>The native SQLite library for this platform is missing or could not be loaded.</summary>
    NativeLibraryNotFound,

    /// <summary>A destination that must be there already is not: a mount that is missing, most likely.</summary>
    DestinationMissing,

    /// <summary>Parameters that do not fit together, or a value that fits nothing.</summary>
    InvalidOption,

    /// <summary>There is no such backup, or none under that name any more.</summary>
    BackupNotFound,

    /// <summary>There is no repository at the location, or none of a version that is known here.</summary>
    RepositoryNotFound,

    /// <summary>Another program holds a lock on the repository that excludes this work.</summary>
    RepositoryLocked,

    /// <summary>No key of the repository, and no recipient of an encrypted backup, fits the password.</summary>
    PasswordWrong,

    /// <summary>A backup is encrypted, and no identity that was given opens it.</summary>
    IdentityMissing,

    /// <summary>The store did not answer, or not in time; trying again later may help.</summary>
    StoreUnavailable,

    /// <summary>The store answered, and said no: credentials, rights, a name that it does not take.</summary>
    StoreRefused,

    /// <summary>The store has other bytes than those that it was given.</summary>
    StoreCorrupt,

    /// <summary>The newest backup is older than it may be.</summary>
    BackupStale,

    /// <summary>A plan has mistakes.</summary>
    PlanInvalid,
}
