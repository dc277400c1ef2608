namespace SqliteBackup.Search;

/// <summary>How a database keeps its transactions.</summary>
public enum DatabaseJournalMode
{
    /// <summary>With a rollback journal: delete, truncate or persist, which the file does not tell apart.</summary>
    Rollback,

    /// <summary>With a write-ahead log.</summary>
    Wal,
}

/// <summary>How a database gives space back.</summary>
public enum DatabaseAutoVacuum
{
    /// <summary>Free pages stay in the file.</summary>
    None,

    /// <summary>Each commit cuts the free pages off.</summary>
    Full,

    /// <summary>PRAGMA incremental_vacuum cuts them off.</summary>
    Incremental,
}

/// <summary>
/// What the file of a database says of itself (https://sqlite.org/fileformat2.html#the_database_header). Of a database in WAL mode it is what
/// the last checkpoint left: newer commits lie in the WAL. Immutable; numbers are raw.
/// </summary>
public sealed record DatabaseInfo
{
    /// <summary>The full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes a page, 512 to 65536.</summary>
    public required int PageSize { get; init; }

    /// <summary>Pages in the file.</summary>
    public required long PageCount { get; init; }

    /// <summary>The size of the file in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The size of its WAL in bytes, 0 without one.</summary>
    public required long WalBytes { get; init; }

    /// <summary>How it keeps its transactions.</summary>
    public required DatabaseJournalMode JournalMode { get; init; }

    /// <summary>UTF-8, UTF-16le or UTF-16be; empty where no table was ever made.</summary>
    public required string Encoding { get; init; }

    /// <summary>PRAGMA application_id: what kind of file its application says it is.</summary>
    public required int ApplicationId { get; init; }

    /// <summary>PRAGMA user_version: the application's own number.</summary>
    public required int UserVersion { get; init; }

    /// <summary>Pages that hold nothing.</summary>
    public required long FreePages { get; init; }

    /// <summary>How it gives space back.</summary>
    public required DatabaseAutoVacuum AutoVacuum { get; init; }

    /// <summary>PRAGMA schema_version: counts the changes of the schema.</summary>
    public required long SchemaVersion { get; init; }

    /// <summary>
    /// Whether a process has it open, where that can be told without a lock of our own: true when a lock on it is seen (on Linux) and false when
    /// it is in WAL mode without the files that any user of it makes. Null where it can't be told, as for a rollback-journal database that rests.
    /// </summary>
    public required bool? IsInUse { get; init; }
}
