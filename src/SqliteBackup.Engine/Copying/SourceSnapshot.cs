using System.Diagnostics;
using SqliteBackup.Operation;
using SqliteBackup.Sources;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Copying;

/// <summary>
/// A read transaction held on the source connection. A step opens one of its own only where there is none, so while this is held every
/// step sees the same instant and none restarts.
/// </summary>
internal sealed class SourceSnapshot(BackupSource source, LockWaiter busy, CopyStatistics statistics) : IDisposable
{
    private readonly Stopwatch _held = new();

    /// <summary>Whether every step sees the same instant.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>For how long it has been held.</summary>
    public TimeSpan HeldFor => _held.Elapsed;

    /// <summary>Begins the transaction.</summary>
    public void Take()
    {
        // Nobody can change a frozen source; a transaction would add nothing.
        if (!source.IsFrozen)
        {
            Execute("BEGIN");
            Execute("PRAGMA schema_version");
        }

        _held.Restart();
        IsHeld = true;
        statistics.SnapshotTakenAt = DateTime.UtcNow;
    }

    /// <summary>Ends the transaction.</summary>
    public void Release()
    {
        if (!IsHeld)
        {
            return;
        }

        IsHeld = false;
        _held.Stop();
        statistics.ReadLockHeld(_held.Elapsed);
        if (!source.IsFrozen)
        {
            // Nothing was written, so there is nothing that ending it could fail to do.
            _ = raw.sqlite3_exec(source.Handle, "ROLLBACK");
        }
    }

    public void Dispose() => Release();

    private void Execute(string sql) =>
        SqliteErrors.Check(
            busy.Retry(() => raw.sqlite3_exec(source.Handle, sql)), source.Handle, BackupFailure.BackupFailed, source.Path);
}
