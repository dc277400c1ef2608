using Microsoft.Data.Sqlite;
using SqliteBackup.Operation;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Restore;

/// <summary>
/// An existing database that others may have open, opened as any application opens it: with its own journal mode, its own locks and full
/// synchronisation.
/// </summary>
internal sealed class LiveTarget : IDisposable
{
    private readonly SqliteConnection _connection;

    private LiveTarget(string path, SqliteConnection connection)
    {
        Path = path;
        _connection = connection;
    }

    public string Path { get; }

    public sqlite3 Handle => _connection.Handle!;

    public bool IsWal { get; private set; }

    /// <summary>Bytes a page.</summary>
    public int PageSize { get; private set; }

    /// <summary>1 to 3 as in the header, 0 where no table was ever made.</summary>
    public uint Encoding { get; private set; }

    /// <summary>Opens it and recovers what a crash left.</summary>
    /// <exception cref="SqliteBackupException">It can't be written, is locked for too long, or is no database.</exception>
    public static LiveTarget Open(string path, LockWaiter busy)
    {
        SqliteConnection connection = SqliteConnector.OpenToReplace(path);
        var target = new LiveTarget(path, connection);
        try
        {
            sqlite3 handle = connection.Handle!;
            SqliteConnector.Distrust(handle);
            if (raw.sqlite3_db_readonly(handle, "main") != 0)
            {
                throw new SqliteBackupException(
                    BackupFailure.DestinationOpenFailed, path, $"'{path}' can't be written by this user. Check its rights and those of its folder.");
            }

            SqliteErrors.Check(
                busy.Retry(() => raw.sqlite3_exec(handle, "PRAGMA schema_version")), handle, BackupFailure.DestinationOpenFailed, path);
            target.Look();
            return target;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Throws where another process changed the journal mode before this one had the write lock.</summary>
    public void ThrowIfModeChanged()
    {
        bool wasWal = IsWal;
        Look();
        if (IsWal != wasWal)
        {
            throw new SqliteBackupException(
                BackupFailure.SourceBusy, Path, $"The journal mode of '{Path}' was changed while the restore waited for its lock. Nothing was restored. Try again.");
        }
    }

    /// <summary>
    /// Moves what a restore left in the WAL into the database, as far as readers allow. They and the next writers do the rest
    /// (https://sqlite.org/wal.html#ckpt).
    /// </summary>
    public void Checkpoint(ProgressMeter meter)
    {
        int code = IsWal ? raw.sqlite3_exec(Handle, "PRAGMA wal_checkpoint(PASSIVE)") : raw.SQLITE_OK;
        if ((code & 0xFF) is not (raw.SQLITE_OK or raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
        {
            meter.Warn($"'{Path}' was restored, but its WAL could not be written into it yet ({raw.sqlite3_errstr(code & 0xFF).utf8_to_string()}). The next checkpoint does it.");
        }
    }

    /// <summary>
    /// Takes back what a restore began where SQLite could not: after a full disk it leaves the journal to whoever opens the database next.
    /// </summary>
    public static void RollBack(string path, ProgressMeter meter)
    {
        using SqliteConnection connection = SqliteConnector.OpenReadWrite(path);
        int code = raw.sqlite3_exec(connection.Handle!, "PRAGMA schema_version");
        if ((code & 0xFF) is not (raw.SQLITE_OK or raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
        {
            meter.Warn($"What the restore of '{path}' began could not be taken back yet ({raw.sqlite3_errstr(code & 0xFF).utf8_to_string()}). Leave '{path}-journal' where it is: the next program that opens the database for writing does it.");
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Look()
    {
        using RawDatabaseFile file = RawDatabaseFile.Open(Path);
        DatabaseHeader header = file.ReadHeader();
        IsWal = header.IsWal;
        Encoding = header.Encoding;
        PageSize = (int)SqliteQuery.Integer(Handle, "PRAGMA page_size", Path);
    }
}
