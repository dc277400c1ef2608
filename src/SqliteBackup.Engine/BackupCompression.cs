namespace SqliteBackup;

/// <summary>How a backup is stored.</summary>
public enum BackupCompression
{
    /// <summary>As it is: a database that any SQLite program opens.</summary>
    None,

    /// <summary>In the gzip format (RFC 1952), which <c>gunzip</c> opens.</summary>
    Gzip,

    /// <summary>In the Zstandard format (RFC 8878), which <c>zstd -d</c> opens.</summary>
    Zstd,
}
