using SqliteBackup.Catalog;
using SqliteBackup.Storage.Encoding;

namespace SqliteBackup.Backup;

/// <summary>One database to back up to one file. Immutable.</summary>
public sealed record BackupRequest
{
    /// <summary>The full path of the database.</summary>
    public required string Database { get; init; }

    /// <summary>The full path or location of the backup. Its folder is made if missing.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether an existing file at <see cref="Destination"/> is replaced. Default: it is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Whether the backup takes <c>-2</c> before its name's extension, or the next free number, where its name is taken: for names that a
    /// pattern made and nobody chose. Default: a taken name is an error.
    /// </summary>
    public bool MayRename { get; init; }

    /// <summary>
    /// Whether the file's name was chosen and not made by a pattern: <see cref="SkipUnchanged"/> then asks for the backup under that name, not
    /// for the folder's latest. Default: no.
    /// </summary>
    public bool HasFixedName { get; init; }

    /// <summary>How the copy is checked before it is published. Default: <see cref="VerifyLevel.Quick"/>.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Quick;

    /// <summary>Whether a row of the copy that refers to a missing one makes the backup fail. Default: no.</summary>
    public bool CheckForeignKeys { get; init; }

    /// <summary>Whether a copy that fails its check is kept as <c>&lt;name&gt;.failed-&lt;id&gt;</c>, its owner's alone. Default: it goes away.</summary>
    public bool KeepFailed { get; init; }

    /// <summary>How the pages are copied.</summary>
    public CopyOptions Copy { get; init; } = new();

    /// <summary>Whether a manifest is written beside the backup. Default: no.</summary>
    public bool WriteManifest { get; init; }

    /// <summary>How the backup is stored. Default: <see cref="BackupCompression.None"/>.</summary>
    public BackupCompression Compression { get; init; }

    /// <summary>How hard to compress: 1 to 22 for Zstandard, 1 to 9 for gzip (more is as 9); null for the format's default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>
    /// Whom the backup is encrypted to, with age and after it is compressed; empty (the default) for nobody. A passphrase is the only one. The
    /// copy that is not encrypted yet stands in <see cref="StagingFolder"/>, and never beside the backup.
    /// </summary>
    public IReadOnlyList<AgeRecipient> Recipients { get; init; } = [];

    /// <summary>The full path of the folder for the copy that is to be encrypted, or null for the system's folder of temporary files.</summary>
    public string? StagingFolder { get; init; }

    /// <summary>
    /// Whether no file is written where the folder's latest backup of the database has the same content. Of an encrypted one only
    /// is known whether anybody wrote to its database since.
    /// </summary>
    public bool SkipUnchanged { get; init; }

    /// <summary>Whether free pages are left out: the copy is made by <c>VACUUM INTO</c> (https://sqlite.org/lang_vacuum.html).</summary>
    public bool Compact { get; init; }

    /// <summary>Which of the database's backups in the folder are kept after this one is made, or null for all.</summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>The backups among which this one is to stand, shared by the requests of one command; null for folders of this machine.</summary>
    public BackupCatalog? Catalog { get; init; }

    /// <summary>How the file is made of the copy.</summary>
    internal BackupEncoding Encoding => new(Compression, CompressionLevel, Recipients);
}
