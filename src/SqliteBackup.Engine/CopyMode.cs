namespace SqliteBackup;

/// <summary>How a copy comes to its end although others write to the source.</summary>
public enum CopyMode
{
    /// <summary>Snapshot for a source in WAL mode; Stepped for a rollback journal, and one pass under a read lock when writers keep restarting it.</summary>
    Auto,

    /// <summary>One read transaction on the source from the first step to the last: the copy is one instant and never restarts.</summary>
    Snapshot,

    /// <summary>A read lock for the length of each step only. A commit between two steps restarts the copy.</summary>
    Stepped,

    /// <summary>The whole database in one step, <c>sqlite3_backup_step(-1)</c>.</summary>
    SingleStep,
}
