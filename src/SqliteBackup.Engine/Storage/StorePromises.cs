namespace SqliteBackup.Storage;

/// <summary>What can be relied on in a store. What a store does not promise, a result says.</summary>
[Flags]
public enum StorePromises
{
    /// <summary>Nothing beyond the contract of <see cref="IBackupStore"/>.</summary>
    None = 0,

    /// <summary>Of two that take one name with <see cref="PutMode.CreateNew"/> at the same time, exactly one gets it.</summary>
    ExclusiveNames = 1,

    /// <summary>Whoever reads a name while it is replaced sees the old file or the new one, whole.</summary>
    AtomicReplace = 2,

    /// <summary>A file that was put survives a loss of power: it was flushed, or the store answers for it.</summary>
    Durable = 4,
}
