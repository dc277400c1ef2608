namespace SqliteBackup.Restore;

/// <summary>What one finished restore was. Numbers are raw, in the unit that each states.</summary>
public sealed record RestoreResult
{
    /// <summary>The full path of the backup.</summary>
    public required string Backup { get; init; }

    /// <summary>The full path of the restored database.</summary>
    public required string Database { get; init; }

    /// <summary>Whether the database existed, and its content was replaced in one transaction.</summary>
    public required bool Replaced { get; init; }

    /// <summary>The full path of the copy of what was there before, or null where none was taken.</summary>
    public string? SafetyCopy { get; init; }

    /// <summary>The database's journal mode, such as <c>wal</c> or <c>delete</c> (https://sqlite.org/pragma.html#pragma_journal_mode).</summary>
    public required string JournalMode { get; init; }

    /// <summary>Bytes a page, 512 to 65536.</summary>
    public required int PageSize { get; init; }

    /// <summary>Pages in the restored database.</summary>
    public required long PageCount { get; init; }

    /// <summary>The size of the restored database in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>When the restore began, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>From the beginning until the last page stood: verifying, waiting, the safety copy and copying.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary><see cref="Bytes"/> over <see cref="Duration"/>, in bytes a second.</summary>
    public required double BytesPerSecond { get; init; }

    /// <summary>How often the database was found locked and tried again.</summary>
    public required int BusyRetries { get; init; }

    /// <summary>Time spent in pauses that the rate limit asked for.</summary>
    public required TimeSpan ThrottledFor { get; init; }

    /// <summary>How the backup was checked.</summary>
    public required VerifyLevel Verified { get; init; }

    /// <summary>The version of SQLite that restored it.</summary>
    public required string SqliteVersion { get; init; }
}
