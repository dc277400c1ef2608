namespace SqliteBackup.Sql;

/// <summary>One SQL file to run into a new database.</summary>
public sealed record ImportRequest
{
    /// <summary>The full path of the file: plain, gzip or Zstandard, told by its first bytes. With <see cref="Text"/> only what messages call it.</summary>
    public required string Path { get; init; }

    /// <summary>The text, where it does not come from a file; otherwise null.</summary>
    public PipedSql? Text { get; init; }

    /// <summary>The full path of the new database.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether an existing file at <see cref="Destination"/> is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether statements that reach beyond the new database may run: ATTACH, VACUUM INTO, load_extension, writefile.</summary>
    public bool AllowUnsafe { get; init; }

    /// <summary>How the new database is checked before it is published.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Quick;
}
