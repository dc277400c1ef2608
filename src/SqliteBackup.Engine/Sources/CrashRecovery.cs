using Microsoft.Data.Sqlite;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SQLitePCL;

namespace SqliteBackup.Sources;

/// <summary>
/// Recovers a database that a crash left with a hot journal or with a WAL whose index is gone, without touching it: its bytes and those of
/// the journal or WAL are copied as they are into a private file, and SQLite recovers that.
/// </summary>
internal sealed class CrashRecovery(string realPath, RawDatabaseFile file, SidecarStatus files, LockWaiter busy, StagedFile copy)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Makes the private copy and lets SQLite recover it.</summary>
    public RecoveredSource Recover()
    {
        try
        {
            CopyDatabase(files.Database!.Value.Size);
            foreach (string suffix in Sidecars.Replayed.Where(suffix => Sidecars.StatusOf(realPath, suffix) is { Size: > 0 }))
            {
                CopySidecar(suffix);
            }

            if (SidecarStatus.Of(realPath) != files)
            {
                throw new SourceChangedException(realPath);
            }

            return Open();
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private RecoveredSource Open()
    {
        SqliteConnection connection = SqliteConnector.OpenRecovered(copy.Path);
        try
        {
            SqliteErrors.Check(
                busy.Retry(() => raw.sqlite3_exec(connection.Handle!, "PRAGMA schema_version")),
                connection.Handle!,
                BackupFailure.SourceOpenFailed,
                realPath);
            return new RecoveredSource(realPath, copy.Path, connection, isWal: files.Wal is { Size: > 0 }, copy);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CopyDatabase(long size)
    {
        byte[] buffer = new byte[ChunkBytes];
        for (long offset = 0; offset < size; offset += ChunkBytes)
        {
            busy.ThrowIfOver();
            int length = (int)Math.Min(ChunkBytes, size - offset);
            int code = file.Read(offset, buffer.AsSpan(0, length));
            if (code != raw.SQLITE_OK)
            {
                throw new SqliteBackupException(
                    BackupFailure.SourceOpenFailed, realPath, $"'{realPath}' could not be read at byte {offset:N0} (SQLite error {code}).", code);
            }

            copy.Write(offset, buffer.AsSpan(0, length));
        }
    }

    // SQLite locks the database and the shared memory, never a WAL or a journal: a stream does no harm to these.
    private void CopySidecar(string suffix)
    {
        using FileStream source = FileErrors.Guard(realPath + suffix, BackupFailure.SourceOpenFailed, () => RegularFile.OpenRead(realPath + suffix));
        copy.CreateSidecar(suffix, source, busy.ThrowIfOver);
    }
}
