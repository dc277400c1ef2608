using Microsoft.Data.Sqlite;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sources;

/// <summary>An open source: a connection that can be copied from, and how to leave the source's folder as it was found.</summary>
/// <param name="path">The file itself, links resolved: SQLite keeps the sidecars beside that.</param>
/// <param name="connection">The connection.</param>
internal abstract class BackupSource(string path, SqliteConnection connection) : IDisposable
{
    /// <summary>The file itself, links resolved.</summary>
    public string Path { get; } = path;

    public sqlite3 Handle => Connection.Handle!;

    /// <summary>Whether writers go on while this source is read: a held read transaction does not keep them waiting.</summary>
    public abstract bool IsWal { get; }

    /// <summary>Whether nobody can change what is read: every step sees the same instant without a transaction.</summary>
    public virtual bool IsFrozen => false;

    /// <summary>The one file that holds all there is to read, while a transaction is open; null where a WAL holds some of it.</summary>
    public virtual string? WholeFile => null;

    /// <summary>The size of the WAL in bytes, 0 without one. A stat, no open: cheap enough to ask between steps.</summary>
    public long WalBytes => FileStatus.OfFleeting(WalPath)?.Size ?? 0;

    protected SqliteConnection Connection { get; } = connection;

    /// <summary>The WAL of the file that is read.</summary>
    protected virtual string WalPath => Path + Sidecars.Wal;

    /// <summary>Whether the source is still what it was when it was opened, where that rests on nobody having touched it.</summary>
    public virtual bool IsUnchanged => true;

    public virtual void Dispose() => Connection.Dispose();
}

/// <summary>A source read as any other reader does: what it needs beside it is there already, and stays.</summary>
internal sealed class LiveSource(string path, SqliteConnection connection, bool isWal) : BackupSource(path, connection)
{
    public override bool IsWal => isWal;

    public override string? WholeFile => isWal ? null : Path;
}

/// <summary>
/// A WAL database whose application is not running: it has no sidecars, and reading it makes them. SQLite removes them again when the last
/// read-write connection closes, so this one is opened read-write and writes nothing.
/// </summary>
internal sealed class RestingWalSource(string path, SqliteConnection connection) : BackupSource(path, connection)
{
    public override bool IsWal => true;

    public override void Dispose()
    {
        // An application that began meanwhile may have left frames: they are its own, and stay in the WAL.
        if (Connection.Handle is not null && WalBytes > 0)
        {
            SqliteConnector.LeaveWalAtClose(Handle);
        }

        base.Dispose();
    }
}

/// <summary>
/// A database that nobody has open and whose folder can't be written: read without locks or sidecars, and found out if somebody
/// changed it all the same.
/// </summary>
internal sealed class FrozenSource(string path, RawDatabaseFile file, SidecarStatus files) : BackupSource(path, file.Connection)
{
    public override bool IsWal => false;

    public override bool IsFrozen => true;

    public override string WholeFile => Path;

    public override bool IsUnchanged => SidecarStatus.Of(Path) == files;
}

/// <summary>
/// A private copy of a database that a crash left unfinished, rolled back or recovered there: the database itself and what lies beside
/// it stay for its own application to recover.
/// </summary>
internal sealed class RecoveredSource(string path, string copyPath, SqliteConnection connection, bool isWal, IDisposable copy)
    : BackupSource(path, connection)
{
    public override bool IsWal => isWal;

    public override string? WholeFile => isWal ? null : copyPath;

    protected override string WalPath => copyPath + Sidecars.Wal;

    public override void Dispose()
    {
        base.Dispose();
        copy.Dispose();
    }
}

/// <summary>What the file system says of a database and its sidecars: two differ when anybody touched one of them between.</summary>
internal readonly record struct SidecarStatus(FileStatus? Database, FileStatus? Wal, FileStatus? SharedMemory, FileStatus? Journal)
{
    public static SidecarStatus Of(string path) =>
        new(FileStatus.Of(path), Sidecars.StatusOf(path, Sidecars.Wal), Sidecars.StatusOf(path, Sidecars.SharedMemory), Sidecars.StatusOf(path, Sidecars.Journal));
}
