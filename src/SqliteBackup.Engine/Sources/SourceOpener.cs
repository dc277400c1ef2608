using Microsoft.Data.Sqlite;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;

namespace SqliteBackup.Sources;

/// <summary>
/// Finds the way to read a source that sees its last commit and leaves its folder as it was: read-only where that is enough, more only
/// as far as a WAL or a crash asks for it.
/// </summary>
internal sealed class SourceOpener(string path, LockWaiter busy, Func<StagedFile> createCopy)
{
    /// <summary>Opens the source; a transaction can be read from it when this returns.</summary>
    /// <exception cref="SqliteBackupException">It is missing, no database, locked for too long, or can't be read.</exception>
    public BackupSource Open()
    {
        if (Directory.Exists(path))
        {
            throw new SqliteBackupException(
                BackupFailure.NotADatabase, path, $"'{path}' is a folder, not a database. Name the files in it, or use a wildcard such as '*.db'.");
        }

        FileStatus status = FileStatus.Of(path) ?? throw new SqliteBackupException(
            BackupFailure.FileNotFound, path, $"There is no file '{path}', or this user may not enter its folder. Check the path.");

        RegularFile.ThrowIfSpecial(path);
        if (status.Size == 0)
        {
            throw new SqliteBackupException(
                BackupFailure.NotADatabase, path, $"'{path}' is empty: no database was ever written to it. Check the path; an application that has only just been installed may have to run once.");
        }

        if (Sidecars.IsOne(path))
        {
            throw new SqliteBackupException(
                BackupFailure.NotADatabase, path, $"'{path}' is a file that SQLite keeps beside a database. Name the database itself.");
        }

        RawDatabaseFile file = RawDatabaseFile.Open(path);
        bool keepFile = false;
        try
        {
            string realPath = file.RealPath;
            DatabaseHeader header = file.ReadHeader();
            HeaderCheck.ThrowUnlessDatabase(path, header, status.Size, () => ReadBeginning(file));

            // SQLite reads through a WAL that lies there whatever the header says, and makes an index for it.
            BackupSource? source = header.IsWal || File.Exists(realPath + Sidecars.Wal) ? TryOpenWal(realPath, header) : TryOpenRollback(realPath, header);
            if (source is null)
            {
                source = OpenWithoutOthers(realPath, file);
                keepFile = source is FrozenSource;
            }

            return source;
        }
        finally
        {
            if (!keepFile)
            {
                file.Dispose();
            }
        }
    }

    private static byte[] ReadBeginning(RawDatabaseFile file)
    {
        byte[] beginning = new byte[1024];
        _ = file.Read(0, beginning);
        return beginning;
    }

    private LiveSource? TryOpenRollback(string realPath, DatabaseHeader header)
    {
        SqliteConnection connection = SqliteConnector.OpenReadOnly(realPath);
        return TryRead(connection, realPath, header) ? new LiveSource(realPath, connection, isWal: false) : null;
    }

    private BackupSource? TryOpenWal(string realPath, DatabaseHeader header)
    {
        bool hasWal = File.Exists(realPath + Sidecars.Wal);
        bool hasSharedMemory = File.Exists(realPath + Sidecars.SharedMemory);
        if (hasWal && hasSharedMemory)
        {
            SqliteConnection reader = SqliteConnector.OpenReadOnly(realPath);
            return TryRead(reader, realPath, header) ? new LiveSource(realPath, reader, isWal: true) : null;
        }

        // One without the other is what a crash or a copy by hand leaves. Reading it in place would make the missing one. A journal is
        // what a crash leaves on the way to WAL mode. Reading would play it back.
        if (hasWal || hasSharedMemory || Sidecars.StatusOf(realPath, Sidecars.Journal) is { Size: > 0 })
        {
            return null;
        }

        SqliteConnection connection = SqliteConnector.OpenReadWrite(realPath);

        // SQLite falls back to read-only by itself; a reader would then make sidecars that it can't remove.
        if (raw.sqlite3_db_readonly(connection.Handle!, "main") != 0)
        {
            connection.Dispose();
            return null;
        }

        return TryRead(connection, realPath, header) ? new RestingWalSource(realPath, connection) : null;
    }

    // Answers false where this way of opening can't see the database and another may; closes the connection then, and when it throws.
    private bool TryRead(SqliteConnection connection, string realPath, DatabaseHeader header)
    {
        try
        {
            int code = busy.Retry(() => raw.sqlite3_exec(connection.Handle!, "PRAGMA schema_version"));
            int extended = SqliteErrors.Extended(connection.Handle!, code);
            switch (code & 0xFF)
            {
                case raw.SQLITE_OK:
                    return true;
                case raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN:
                    connection.Dispose();
                    return false;
                case raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB:
                    throw HeaderCheck.Damaged(
                        path, header, FileStatus.Of(realPath)?.Size ?? 0, raw.sqlite3_errmsg(connection.Handle!).utf8_to_string(), extended);
                default:
                    throw SqliteErrors.Failed(connection.Handle!, code, BackupFailure.SourceOpenFailed, realPath);
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private BackupSource OpenWithoutOthers(string realPath, RawDatabaseFile file)
    {
        // A reader's lock keeps a journal from being rolled back under us, and finds a process that holds the database exclusively.
        _ = busy.Retry(() => file.TryLockShared() ? raw.SQLITE_OK : raw.SQLITE_BUSY);
        SidecarStatus files = SidecarStatus.Of(realPath);
        bool needsRecovery = files.Wal is { Size: > 0 } || files.Journal is { Size: > 0 };
        return needsRecovery ? new CrashRecovery(realPath, file, files, busy, createCopy()).Recover() : new FrozenSource(realPath, file, files);
    }
}
