using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Verify;

/// <summary>One backup to test. Immutable.</summary>
public sealed record BackupTestRequest
{
    /// <summary>The full path of the backup: a plain or compressed SQLite file, of any tool.</summary>
    public required string Path { get; init; }

    /// <summary>Who reads it where it is encrypted. Default: nobody.</summary>
    public IReadOnlyList<AgeIdentity> Identities { get; init; } = [];

    /// <summary>The full path of the folder for what has to be unpacked or recovered before it is read, or null (the default) for the system's.</summary>
    public string? StagingFolder { get; init; }

    /// <summary>How its pages are checked. Default: <see cref="VerifyLevel.Full"/>.</summary>
    public VerifyLevel Level { get; init; } = VerifyLevel.Full;

    /// <summary>Whether rows that refer to missing ones are looked for. Default: no.</summary>
    public bool CheckForeignKeys { get; init; }

    /// <summary>SQL that only reads, to be answered by the database in the backup.</summary>
    public IReadOnlyList<string> Queries { get; init; } = [];

    /// <summary>The full path of a live database whose content is compared with the backup's, or null.</summary>
    public string? Against { get; init; }

    /// <summary>How long a locked live database is waited for. Default: 30 seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
