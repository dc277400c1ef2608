namespace SqliteBackup.Backup;

/// <summary>A backup that stands in a second place now. Its shape is part of the module's contract; numbers are raw.</summary>
public sealed record BackupCopyResult
{
    /// <summary>The full path of the database that the backup was made of.</summary>
    public required string Database { get; init; }

    /// <summary>The full path or location of the copy.</summary>
    public required string Backup { get; init; }

    /// <summary>The full path or location of the backup that was copied.</summary>
    public required string Source { get; init; }

    /// <summary>The size of the database in it, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The size of the file in bytes.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>When the backup, not the copy, began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether it stood there already, whole, so that nothing was copied.</summary>
    public required bool IsSkipped { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
