namespace SqliteBackup.Engine;

/// <summary>One database to back up to one file. Immutable.</summary>
public sealed record BackupRequest
{
    /// <summary>The full path of the database.</summary>
    public required string Database { get; init; }

    /// <summary>The full path of the backup file. Its folder is made if missing.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether an existing file at <see cref="Destination"/> is replaced. Default: it is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>How the copy is checked before it is published. Default: <see cref="VerifyLevel.Quick"/>.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Quick;

    /// <summary>How the pages are copied.</summary>
    public CopyOptions Copy { get; init; } = new();
}
