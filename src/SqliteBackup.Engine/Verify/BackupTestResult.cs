using SqliteBackup.Platform;

namespace SqliteBackup.Verify;

/// <summary>What the test of a backup came to. Its shape is part of the module's contract; sizes are bytes.</summary>
public sealed record BackupTestResult
{
    /// <summary>The full path of the database that it was made of, or null where nothing says so.</summary>
    public string? Database { get; init; }

    /// <summary>The full path of the backup.</summary>
    public required string Backup { get; init; }

    /// <summary>What it came to. Only <see cref="BackupTestStatus.Ok"/> is ok.</summary>
    public required BackupTestStatus Status { get; init; }

    /// <summary>How its pages were checked.</summary>
    public required VerifyLevel Level { get; init; }

    /// <summary>What was found, at most some ten sentences; empty where all is well and nothing had to be left out.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What came of comparing it with the checksum in its manifest.</summary>
    public ChecksumStatus Checksum { get; init; }

    /// <summary>What came of the foreign keys.</summary>
    public ForeignKeyStatus ForeignKeys { get; init; }

    /// <summary>How the file is stored.</summary>
    public BackupCompression Compression { get; init; }

    /// <summary>Whether it is encrypted with age.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Bytes a page; 0 where it could not be read.</summary>
    public int PageSize { get; init; }

    /// <summary>Pages of the database in it; 0 where they could not be read.</summary>
    public long PageCount { get; init; }

    /// <summary>The size of the database in it; 0 where it could not be read.</summary>
    public long Bytes { get; init; }

    /// <summary>The size of the file.</summary>
    public long StoredBytes { get; init; }

    /// <summary>What its database answered, in the order of the queries.</summary>
    public IReadOnlyList<QueryResult> Answers { get; init; } = [];

    /// <summary>The live database it was compared with, or null.</summary>
    public string? Against { get; init; }

    /// <summary>In what its content differs from that; empty where it does not, null where it was not compared.</summary>
    public IReadOnlyList<TableDifference>? Differences { get; init; }

    /// <summary>SHA-256 of the file as it was read, in lower-case hexadecimal digits: what the answer is about. Null where it was not read to its end.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What the file was when it was read.</summary>
    internal FileStatus? FileRead { get; init; }

    /// <summary>When the test began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>From the beginning until the answer.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Spent on reading, hashing and decompressing the file.</summary>
    public TimeSpan ReadingTook { get; init; }

    /// <summary>Spent on checking pages, records and foreign keys.</summary>
    public TimeSpan CheckingTook { get; init; }

    /// <summary>Spent on the queries.</summary>
    public TimeSpan QueryingTook { get; init; }

    /// <summary>Spent on comparing it with the live database.</summary>
    public TimeSpan ComparingTook { get; init; }
}

/// <summary>What the test of a backup came to.</summary>
public enum BackupTestStatus
{
    /// <summary>Everything that was asked for was done, and nothing was found.</summary>
    Ok,

    /// <summary>It is damaged, or not what was written.</summary>
    Corrupt,

    /// <summary>Something that was asked for could not be done: the findings say what.</summary>
    Unchecked,
}

/// <summary>What came of comparing a backup with its manifest's checksum.</summary>
public enum ChecksumStatus
{
    /// <summary>There is no manifest, or none that can be read.</summary>
    NoneRecorded,

    /// <summary>It is what was written.</summary>
    Matches,

    /// <summary>It is not what was written.</summary>
    Differs,

    /// <summary>The file could not be read to its end.</summary>
    NotRead,
}

/// <summary>What came of a backup's foreign keys.</summary>
public enum ForeignKeyStatus
{
    /// <summary>They were not looked at.</summary>
    NotChecked,

    /// <summary>All hold.</summary>
    Ok,

    /// <summary>Rows refer to missing ones.</summary>
    Violated,
}

/// <summary>What a backup's database answered.</summary>
/// <param name="Query">The SQL.</param>
/// <param name="Columns">The names of its columns.</param>
/// <param name="Rows">Its rows, at most 1,000: long, double, string, byte[] or null a column.</param>
/// <param name="IsTruncated">Whether there were more rows.</param>
/// <param name="Error">Why there is no answer, or null.</param>
public sealed record QueryResult(
    string Query, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, bool IsTruncated, string? Error)
{
    /// <summary>The first column of the first row, or null.</summary>
    public object? Value => Rows.Count > 0 && Rows[0].Count > 0 ? Rows[0][0] : null;

    /// <summary>Whether the query is to blame that there is no answer: a mistake in it, or more than reading. It says nothing of the backup.</summary>
    public bool IsInvalid { get; init; }

    /// <summary>Whether there is no answer as the database is damaged.</summary>
    internal bool IsDamage { get; init; }
}

/// <summary>A table, or another thing in the schema, that is not the same in a backup and a live database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is: table, index, view or trigger.</param>
/// <param name="Kind">In what it differs.</param>
public sealed record TableDifference(string Name, string Type, DifferenceKind Kind)
{
    /// <summary>Its rows in the backup; null where it has none of its own, or is not there.</summary>
    public long? RowsInBackup { get; init; }

    /// <summary>Its rows in the database; null where it has none of its own, or is not there.</summary>
    public long? RowsInDatabase { get; init; }

    /// <summary>The SQL that defines it in the backup, or null where it is not there.</summary>
    public string? SqlInBackup { get; init; }

    /// <summary>The SQL that defines it in the database, or null where it is not there.</summary>
    public string? SqlInDatabase { get; init; }
}

/// <summary>In what a thing in the schema differs.</summary>
public enum DifferenceKind
{
    /// <summary>Only the backup has it.</summary>
    OnlyInBackup,

    /// <summary>Only the database has it.</summary>
    OnlyInDatabase,

    /// <summary>It is defined otherwise.</summary>
    Schema,

    /// <summary>Its rows are not the same.</summary>
    Content,
}
