namespace SqliteBackup.Catalog;

/// <summary>
/// What a backup knows of itself: the content of <c>&lt;backup&gt;.json</c> beside it. Times are UTC, sizes bytes. A backup without one
/// is still a backup.
/// </summary>
public sealed record BackupManifest
{
    /// <summary>The version of the format that this module writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>What is appended to a backup's file name for its manifest.</summary>
    public const string FileSuffix = ".json";

    /// <summary>The version of the format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The database that was backed up.</summary>
    public required ManifestSource Source { get; init; }

    /// <summary>When the backup began.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>The instant whose content the backup holds.</summary>
    public required DateTime SnapshotTakenAt { get; init; }

    /// <summary>
    /// Where the backup stands in the order of its database's: later than every one that lay in the folder when it was made, also after a clock
    /// was put back. Null where that is <see cref="SnapshotTakenAt"/>.
    /// </summary>
    public DateTime? OrderedAt { get; init; }

    /// <summary>From the beginning until the backup was ready for its name.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Bytes a page, 512 to 65536.</summary>
    public required int PageSize { get; init; }

    /// <summary>Pages in the backup.</summary>
    public required long PageCount { get; init; }

    /// <summary>The size of the database in the backup.</summary>
    public required long Bytes { get; init; }

    /// <summary>The size of the file; less than <see cref="Bytes"/> where it is compressed.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal digits, as <c>sha256sum</c> prints it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>
    /// SHA-256 of the database in it; the same as <see cref="Sha256"/> where the file is not compressed. Null where it is encrypted: whoever has
    /// the hash of a small database can try which content has it.
    /// </summary>
    public string? ContentSha256 { get; init; }

    /// <summary>Whom it is encrypted to: age's public keys, or that it is a passphrase. Null where it is not encrypted.</summary>
    public IReadOnlyList<string>? Recipients { get; init; }

    /// <summary>The version of SQLite that made the copy.</summary>
    public required string SqliteVersion { get; init; }

    /// <summary>How the copy was made.</summary>
    public required CopyMode CopyMode { get; init; }

    /// <summary>How often a commit by another connection made the copy begin again.</summary>
    public required int Restarts { get; init; }

    /// <summary>The newest check of the backup.</summary>
    public required ManifestCheck Check { get; init; }

    /// <summary>How the file is stored.</summary>
    public required BackupCompression Compression { get; init; }

    /// <summary>Whether free pages were left out (VACUUM INTO).</summary>
    public bool IsCompact { get; init; }

    /// <summary>The database's application id.</summary>
    public required int ApplicationId { get; init; }

    /// <summary>The database's user version.</summary>
    public required int UserVersion { get; init; }

    /// <summary>The version of the module that made the backup.</summary>
    public required string ModuleVersion { get; init; }

    /// <summary>Whether the file is encrypted.</summary>
    internal bool IsEncrypted => Recipients is not null;

    /// <summary>Whether the bytes that it describes passed their newest check.</summary>
    internal bool HasPassed => Check is { Answer: CheckStatus.Ok, Level: not VerifyLevel.None } && Check.Sha256 == Sha256;

    /// <summary>What the file system said of the database when it was copied, or null where it was written to meanwhile.</summary>
    public SourceFingerprint? SourceFingerprint { get; init; }
}

/// <summary>The database behind a backup.</summary>
/// <param name="Path">Its full path there.</param>
/// <param name="Host">The name of the machine.</param>
/// <param name="Identity">The file's identity there: volume and file number.</param>
public sealed record ManifestSource(string Path, string Host, string Identity);

/// <summary>What a check of a backup came to. Only <see cref="CheckStatus.Ok"/> is ok.</summary>
/// <param name="Level">How it was checked.</param>
/// <param name="Answer">What it came to.</param>
/// <param name="CheckedAt">When, UTC.</param>
/// <param name="Sha256">SHA-256 of the file that was checked, in lower-case hexadecimal digits; null where none was. A verdict is about these bytes and no others.</param>
public sealed record ManifestCheck(VerifyLevel Level, CheckStatus Answer, DateTime CheckedAt, string? Sha256);

/// <summary>What a check came to.</summary>
public enum CheckStatus
{
    /// <summary>It was not checked.</summary>
    NotChecked,

    /// <summary>Nothing was found.</summary>
    Ok,

    /// <summary>It is damaged.</summary>
    Corrupt,

    /// <summary>It could not be checked.</summary>
    CouldNotBeChecked,
}

/// <summary>
/// What the file system says of a database and its WAL. While two are equal nobody wrote to it. Where a commit could hide in the
/// clock's last tick, none is kept.
/// </summary>
/// <param name="Identity">Volume and file number.</param>
/// <param name="Size">The database's size in bytes.</param>
/// <param name="Modified">When the database was last written, in nanoseconds.</param>
/// <param name="Changed">When its inode last changed, in nanoseconds; 0 on Windows.</param>
/// <param name="WalSize">The WAL's size in bytes; -1 without one.</param>
/// <param name="WalModified">When the WAL was last written, in nanoseconds.</param>
/// <param name="WalChanged">When the WAL's inode last changed, in nanoseconds; 0 on Windows.</param>
/// <param name="ChangeCounter">The change counter in the database's header.</param>
public sealed record SourceFingerprint(
    string Identity, long Size, long Modified, long Changed, long WalSize, long WalModified, long WalChanged, uint ChangeCounter);
