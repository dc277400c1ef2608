using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Search;

/// <summary>Looks at one file: is it a database, and which? The file is read through SQLite, so that nobody's locks on it are lost.</summary>
internal static class DatabaseLook
{
    // The smallest page, and so the smallest database. Pipes, sockets and devices have no size at all.
    private const int MinBytes = 512;

    private static readonly string[] Encodings = ["", "UTF-8", "UTF-16le", "UTF-16be"];

    /// <summary>What a file is, or null where it is no database.</summary>
    /// <exception cref="SqliteBackupException">It can't be read.</exception>
    public static DatabaseInfo? At(string path, DatabaseLocks locks)
    {
        if (FileStatus.Of(path) is not { Size: >= MinBytes } status || StagingName.Matches(path) || Directory.Exists(path) || Sidecars.IsOne(path))
        {
            return null;
        }

        using RawDatabaseFile file = RawDatabaseFile.Open(path);
        DatabaseHeader header = file.ReadHeader();
        if (!header.HasMagic || header.PageSize == 0 || status.Size < header.PageSize)
        {
            return null;
        }

        // SQLite keeps the sidecars beside the file that a link leads to.
        string realPath = file.RealPath;
        return new DatabaseInfo
        {
            Path = path,
            PageSize = header.PageSize,
            PageCount = header.HasPageCount ? header.PageCount : status.Size / header.PageSize,
            Bytes = status.Size,
            WalBytes = Sidecars.StatusOf(realPath, Sidecars.Wal)?.Size ?? 0,
            JournalMode = header.IsWal ? DatabaseJournalMode.Wal : DatabaseJournalMode.Rollback,
            Encoding = header.Encoding < Encodings.Length ? Encodings[header.Encoding] : "",
            ApplicationId = header.ApplicationId,
            UserVersion = header.UserVersion,
            FreePages = header.FreePages,
            AutoVacuum = !header.HasAutoVacuum ? DatabaseAutoVacuum.None
                : header.IsIncremental ? DatabaseAutoVacuum.Incremental
                : DatabaseAutoVacuum.Full,
            SchemaVersion = header.SchemaVersion,
            IsInUse = locks.IsInUse(realPath, header.IsWal),
        };
    }
}
