using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Restore;

/// <summary>One backup to restore to one database. Immutable.</summary>
public sealed record RestoreRequest
{
    /// <summary>The full path of the backup, compressed or not.</summary>
    public required string Backup { get; init; }

    /// <summary>Who reads it where it is encrypted. Default: nobody.</summary>
    public IReadOnlyList<AgeIdentity> Identities { get; init; } = [];

    /// <summary>The full path of the database to restore. Its folder is made if missing.</summary>
    public required string Database { get; init; }

    /// <summary>Whether the content of an existing database is replaced. Default: it is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether an existing database is copied to <see cref="SafetyCopyPath"/> first. Default: yes.</summary>
    public bool TakeSafetyCopy { get; init; } = true;

    /// <summary>
    /// The full path of the safety copy, or of a folder for it; null (the default) for the database's own. In a folder its name is
    /// <c>&lt;name&gt;.before-restore-&lt;UTC time&gt;</c>.
    /// </summary>
    public string? SafetyCopyPath { get; init; }

    /// <summary>How the backup is checked before anything is touched. Default: <see cref="VerifyLevel.Quick"/>.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Quick;

    /// <summary>
    /// The pace and the bounds. Its busy timeout is for a lock on the database; its mode, stall and WAL settings are those of the safety copy.
    /// </summary>
    public CopyOptions Copy { get; init; } = new();
}
