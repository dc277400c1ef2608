using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Sql;

/// <summary>One database to write as SQL text.</summary>
public sealed record ExportRequest
{
    /// <summary>The full path of the database, or of a backup: a compressed one is unpacked among the temporary files.</summary>
    public required string Database { get; init; }

    /// <summary>Who reads it where it is encrypted. Default: nobody.</summary>
    public IReadOnlyList<AgeIdentity> Identities { get; init; } = [];

    /// <summary>The full path of the folder for what has to be unpacked or recovered before it is read, or null (the default) for the system's.</summary>
    public string? StagingFolder { get; init; }

    /// <summary>Names of tables, with <c>*</c> and <c>?</c>; empty for all. What belongs to a table comes with it.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Whether only the schema is written.</summary>
    public bool SchemaOnly { get; init; }

    /// <summary>Whether only the rows are written.</summary>
    public bool DataOnly { get; init; }

    /// <summary>How long to wait for one lock.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What an export wrote. Its shape is part of the module's contract.</summary>
public sealed record ExportResult
{
    /// <summary>The full path of the database.</summary>
    public required string Database { get; init; }

    /// <summary>The full path of the file, or null where the text went to the pipeline.</summary>
    public string? Backup { get; init; }

    /// <summary>Tables written.</summary>
    public required int Tables { get; init; }

    /// <summary>Rows written.</summary>
    public required long Rows { get; init; }

    /// <summary>Bytes of SQL text.</summary>
    public required long Bytes { get; init; }

    /// <summary>The size of the file in bytes; less than <see cref="Bytes"/> where it is compressed.</summary>
    public long StoredBytes { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>From the beginning to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The instant, UTC, whose content was written.</summary>
    public required DateTime SnapshotTakenAt { get; init; }
}

/// <summary>What an import made. Its shape is part of the module's contract.</summary>
public sealed record ImportResult
{
    /// <summary>The full path of the new database.</summary>
    public required string Database { get; init; }

    /// <summary>The full path of the SQL file, or null where the text came through the pipeline.</summary>
    public required string? Backup { get; init; }

    /// <summary>Statements run.</summary>
    public required long Statements { get; init; }

    /// <summary>The size of the new database in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>From the beginning to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How the new database was checked.</summary>
    public required VerifyLevel Verified { get; init; }

    /// <summary>What the check had to leave out, in sentences; empty where it saw everything.</summary>
    public IReadOnlyList<string> LeftOutOfCheck { get; init; } = [];
}
