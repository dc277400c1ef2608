namespace SqliteBackup.Catalog;

/// <summary>How well a database is backed up, by the newest of its backups.</summary>
public enum FreshnessStatus
{
    /// <summary>There is a backup, it was checked, and it is not too old.</summary>
    Ok,

    /// <summary>The newest backup is older than was asked for.</summary>
    Stale,

    /// <summary>The newest backup was never checked.</summary>
    Unverified,

    /// <summary>The newest backup is known to be bad.</summary>
    Damaged,

    /// <summary>There is no backup.</summary>
    Missing,
}
