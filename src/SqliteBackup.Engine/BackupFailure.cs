namespace SqliteBackup.Engine;

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
}
