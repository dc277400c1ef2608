using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>What one finished backup was. Its shape is part of the module's contract; numbers are raw, in the unit that each states.</summary>
public sealed record BackupResult
{
    /// <summary>The full path of the database.</summary>
    public required string Database { get; init; }

    /// <summary>The full path of the backup file.</summary>
    public required string Backup { get; init; }

    /// <summary>Bytes a page, 512 to 65536.</summary>
    public required int PageSize { get; init; }

    /// <summary>Pages in the backup.</summary>
    public required long PageCount { get; init; }

    /// <summary>The size of the database in the backup, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>When the backup began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>From the beginning until the backup stood under its name: waiting, copying, checking, flushing and publishing.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary><see cref="Bytes"/> over <see cref="Duration"/>, in bytes a second.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>How the copy was made: never <see cref="CopyMode.Auto"/>.</summary>
    public required CopyMode CopyMode { get; init; }

    /// <summary>Calls of <c>sqlite3_backup_step</c> that copied something or ended the copy.</summary>
    public required long Steps { get; init; }

    /// <summary>Pages copied, with those that restarts made it copy again.</summary>
    public required long PagesCopied { get; init; }

    /// <summary>How often a commit by another connection made the copy begin again.</summary>
    public required int Restarts { get; init; }

    /// <summary>How often a stalled copy was given larger steps or, last, a single read lock.</summary>
    public required int Escalations { get; init; }

    /// <summary>How often a step or an open found the source locked and tried again.</summary>
    public required int BusyRetries { get; init; }

    /// <summary>
    /// The longest time, in milliseconds, for which a read lock was held on the source without a break. Writers of a rollback-journal
    /// database wait for it; writers in WAL mode do not.
    /// </summary>
    public required double MaxReadLock { get; init; }

    /// <summary>The largest size in bytes that the source's WAL was seen to have during the copy; 0 without one.</summary>
    public required long PeakWalBytes { get; init; }

    /// <summary>Time spent in pauses that the rate limit asked for.</summary>
    public required TimeSpan ThrottledFor { get; init; }

    /// <summary>The instant, UTC, whose content the backup holds.</summary>
    public required DateTime SnapshotTakenAt { get; init; }

    /// <summary>
    /// How the backup was checked now. Where nothing was written (see <see cref="Unchanged"/>) its bytes are read only when the check asked for
    /// is <see cref="VerifyLevel.Full"/>; else this is <see cref="VerifyLevel.None"/>, and <see cref="LastCheck"/> says what was checked before.
    /// </summary>
    public required VerifyLevel Verified { get; init; }

    /// <summary>The newest check that the backup's bytes passed; <see cref="VerifyLevel.None"/> where there is none.</summary>
    public VerifyLevel LastCheck { get; init; }

    /// <summary>When that was, UTC; null where there is none.</summary>
    public DateTime? LastCheckedAt { get; init; }

    /// <summary>Whether the copy's foreign keys were checked, and all hold.</summary>
    public bool ForeignKeysChecked { get; init; }

    /// <summary>The version of SQLite that made the copy.</summary>
    public required string SqliteVersion { get; init; }

    /// <summary>How the file is stored.</summary>
    public BackupCompression Compression { get; init; }

    /// <summary>Whether the file is encrypted with age.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The size of the file in bytes; less than <see cref="Bytes"/> where it is compressed.</summary>
    public long StoredBytes { get; init; }

    /// <summary>SHA-256 of the file in lower-case hexadecimal digits, or null where none was asked for.</summary>
    public string? Sha256 { get; init; }

    /// <summary>
    /// Whether nothing was written, because <see cref="Backup"/>, the latest backup, has the same content; or whether the backup shares all its
    /// content with the one before in its repository.
    /// </summary>
    public bool Unchanged { get; init; }

    /// <summary>
    /// What the store off this machine can be relied on for; null in a folder of this machine. Without
    /// <see cref="StorePromises.ExclusiveNames"/> another run that takes the same name at the same time is not seen.
    /// </summary>
    public StorePromises? Promises { get; init; }

    /// <summary>Bytes by which a repository grew; null where the backup is a file of its own.</summary>
    public long? BytesAdded { get; init; }

    /// <summary>Extents of the database that were new to a repository; null where the backup is a file of its own.</summary>
    public long? ExtentsAdded { get; init; }

    /// <summary>How many older backups of the database were removed.</summary>
    public int Removed { get; init; }

    /// <summary>Bytes that this freed.</summary>
    public long BytesFreed { get; init; }
}
