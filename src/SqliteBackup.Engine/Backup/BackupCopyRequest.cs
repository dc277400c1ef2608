using SqliteBackup.Catalog;

namespace SqliteBackup.Backup;

/// <summary>Which backup to copy, and where to.</summary>
public sealed record BackupCopyRequest
{
    /// <summary>The full path or location of the backup.</summary>
    public required string Source { get; init; }

    /// <summary>The catalog that the backup is in.</summary>
    public required BackupCatalog SourceCatalog { get; init; }

    /// <summary>The full path or location of the copy.</summary>
    public required string Destination { get; init; }

    /// <summary>The catalog that the copy is to be in.</summary>
    public required BackupCatalog DestinationCatalog { get; init; }

    /// <summary>Whether another file of that name is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>What an upload may take, in bytes a second, or null for no limit. More than zero.</summary>
    public long? MaxBytesPerSecond { get; init; }
}
