using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>A finished copy that is to stand among the backups.</summary>
internal sealed record NewBackup
{
    /// <summary>What was planned.</summary>
    public required BackupPlan Plan { get; init; }

    /// <summary>The file to store.</summary>
    public required StagedFile File { get; init; }

    /// <summary>SHA-256 of it, or null where nobody computed it.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>What is known of it, or null where it gets no manifest.</summary>
    public required BackupManifest? Manifest { get; init; }

    /// <summary>The rights that it gets in a store of files.</summary>
    public required FileRights Rights { get; init; }

    /// <summary>Pace and bounds, which hold for a network too.</summary>
    public required CopyOptions Options { get; init; }

    /// <summary>Hears of progress and of warnings.</summary>
    public required ProgressMeter Meter { get; init; }

    /// <summary>Waits, pauses and ends it.</summary>
    public required LockWaiter Busy { get; init; }

    /// <summary>Ends it.</summary>
    public required CancellationToken CancellationToken { get; init; }
}

/// <summary>Where a backup stands now.</summary>
/// <param name="Backup">Its full path or location.</param>
/// <param name="IsRecorded">Whether its manifest stands beside it.</param>
/// <param name="BytesAdded">Bytes that the store grew by, where that is not the file's length; else null.</param>
/// <param name="ExtentsAdded">Extents that were new to a repository; null elsewhere.</param>
internal sealed record BackupPlacement(string Backup, bool IsRecorded, long? BytesAdded = null, long? ExtentsAdded = null)
{
    /// <summary>What can be relied on there; null for a folder of this machine.</summary>
    public StorePromises? Promises { get; init; }

    /// <summary>Whether a repository has the same content as the backup of the database before.</summary>
    public bool Unchanged { get; init; }
}

/// <summary>A backup whose copy is taken and needed no longer; it stands when the task has ended.</summary>
/// <param name="Stored">Ends when it stands, or with the error that kept it from that: at the latest a few seconds after others stopped coming.</param>
/// <param name="Finish">Has it stand now, where it does not yet, and says where.</param>
internal sealed record PendingPlacement(Task Stored, Func<BackupPlacement> Finish)
{
    /// <summary>One that stands already.</summary>
    public static PendingPlacement At(BackupPlacement placement) => new(Task.CompletedTask, () => placement);
}
