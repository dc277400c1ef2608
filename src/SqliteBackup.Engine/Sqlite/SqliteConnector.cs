using System.Text;
using Microsoft.Data.Sqlite;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite.Vfs;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>Opens connections, each in the one way its use asks for. Nothing is ever pooled: a pooled handle would outlive its file.</summary>
internal static class SqliteConnector
{
    /// <summary>SQLITE_DBCONFIG_DEFENSIVE: no writes to shadow tables or to the schema as a table, whatever the SQL says.</summary>
    private const int DefensiveOption = 1010;

    /// <summary>SQLITE_DBCONFIG_TRUSTED_SCHEMA: off, functions with side effects can't be called from views, triggers and the like.</summary>
    private const int TrustedSchemaOption = 1017;

    /// <summary>SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION: off, neither SQL nor C loads a library.</summary>
    private const int LoadExtensionOption = 1005;

    /// <summary>SQLITE_DBCONFIG_ENABLE_TRIGGER.</summary>
    private const int TriggerOption = 1003;

    /// <summary>SQLITE_DBCONFIG_DQS_DML: on, a name in double quotes that is no column's is a text.</summary>
    private const int DoubleQuotedInDmlOption = 1013;

    /// <summary>SQLITE_DBCONFIG_DQS_DDL: the same where a schema is made.</summary>
    private const int DoubleQuotedInDdlOption = 1014;

    /// <summary>SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: the last connection to close leaves the WAL as it is.</summary>
    private const int NoCheckpointOnCloseOption = 1006;

    // A copy touches each page once: what is kept longer only costs the memory's first use, which is much of a small copy's time.
    private const int StagingCachePages = 16;

    /// <summary>Opens a source as a reader does, locks and sidecars included.</summary>
    public static SqliteConnection OpenReadOnly(string path) =>
        Open(path, Absolute(path), SqliteOpenMode.ReadOnly, BackupFailure.SourceOpenFailed);

    /// <summary>Opens a source so that SQLite can make and remove the sidecars that reading a WAL database needs.</summary>
    public static SqliteConnection OpenReadWrite(string path) =>
        Open(path, Absolute(path), SqliteOpenMode.ReadWrite, BackupFailure.SourceOpenFailed);

    /// <summary>
    /// Opens a database that others may have open as <see cref="OpenReadWrite"/> does, to write most of it in one transaction: the writes to its
    /// rollback journal are gathered.
    /// </summary>
    public static SqliteConnection OpenToReplace(string path)
    {
        NativeSqlite.Initialize();
        return Open(path, Uri(path, $"vfs={ForwardingVfs.JournalName}"), SqliteOpenMode.ReadWrite, BackupFailure.SourceOpenFailed);
    }

    /// <summary>
    /// Opens a private copy to recover it and read it, without a lock: the copy is held with a lock of .NET's meanwhile, and macOS takes that for one of
    /// SQLite's kind (lf_getblock in https://github.com/apple-oss-distributions/xnu/blob/main/bsd/kern/kern_lockf.c asks for the owner alone).
    /// </summary>
    public static SqliteConnection OpenRecovered(string path)
    {
        // A WAL needs no shared memory, which a VFS without locks does not have, where one connection has the database to itself.
        string vfs = OperatingSystem.IsWindows() ? "win32-none" : "unix-none";
        SqliteConnection connection = Open(path, Uri(path, $"vfs={vfs}"), SqliteOpenMode.ReadWrite, BackupFailure.SourceOpenFailed);
        _ = raw.sqlite3_exec(connection.Handle!, "PRAGMA locking_mode=EXCLUSIVE");
        return connection;
    }

    /// <summary>Opens a private file that is finished, as a reader opens it but for the locks.</summary>
    public static SqliteConnection OpenPrivate(string path) =>
        Open(path, Uri(path, "nolock=1"), SqliteOpenMode.ReadOnly, BackupFailure.SourceOpenFailed);

    /// <summary>Opens a file that nobody changes: no locks, no sidecars, no recovery.</summary>
    public static SqliteConnection OpenImmutable(string path) =>
        Open(path, Uri(path, "immutable=1"), SqliteOpenMode.ReadOnly, BackupFailure.SourceOpenFailed);

    /// <summary>Opens a file that nobody writes to meanwhile, and that has no sidecars, to check it from one end to the other.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPrivate">Whether nobody else knows of it: then it is read without locks, which some network file systems lack.</param>
    public static SqliteConnection OpenFinished(string path, bool isPrivate)
    {
        NativeSqlite.Initialize();
        return Open(
            path,
            Uri(path, $"finished=1&vfs={ForwardingVfs.Name}{(isPrivate ? "&nolock=1" : "")}"),
            SqliteOpenMode.ReadWrite,
            BackupFailure.SourceOpenFailed);
    }

    /// <summary>
    /// Opens the staging file that a copy is written to. It is private until it is published, so it needs no locks, which some network file
    /// systems lack, and no journal; one flush at the end replaces all of SQLite's.
    /// </summary>
    public static SqliteConnection OpenStaging(string path)
    {
        NativeSqlite.Initialize();
        SqliteConnection connection = Open(
            path, Uri(path, $"nolock=1&vfs={ForwardingVfs.Name}"), SqliteOpenMode.ReadWrite, BackupFailure.DestinationOpenFailed);
        try
        {
            SqliteErrors.Check(
                raw.sqlite3_exec(
                    connection.Handle!, $"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size={StagingCachePages}"),
                connection.Handle!,
                BackupFailure.DestinationOpenFailed,
                path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the staging file that SQL text is run into. It is private like a copy's, but what runs in it may be rolled back.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="mayCreate">Whether statements run on the connection may make other files.</param>
    public static SqliteConnection OpenNew(string path, bool mayCreate)
    {
        SqliteConnection connection = Open(
            path, Uri(path, "nolock=1"), mayCreate ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, BackupFailure.DestinationOpenFailed);
        try
        {
            // Views, triggers and the like of a foreign schema call no functions with side effects.
            _ = raw.sqlite3_db_config(connection.Handle!, TrustedSchemaOption, 0, out _);

            // As in the sqlite3 shell, and in every SQLite that is built with its defaults: texts rely on it.
            _ = raw.sqlite3_db_config(connection.Handle!, DoubleQuotedInDmlOption, 1, out _);
            _ = raw.sqlite3_db_config(connection.Handle!, DoubleQuotedInDdlOption, 1, out _);
            SqliteErrors.Check(
                raw.sqlite3_exec(
                    connection.Handle!, "PRAGMA foreign_keys=OFF; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE"),
                connection.Handle!,
                BackupFailure.DestinationOpenFailed,
                path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes a connection safe for a database that nobody vouches for (https://sqlite.org/security.html).</summary>
    public static void Distrust(sqlite3 connection)
    {
        _ = raw.sqlite3_db_config(connection, DefensiveOption, 1, out _);
        _ = raw.sqlite3_db_config(connection, TrustedSchemaOption, 0, out _);
        _ = raw.sqlite3_db_config(connection, LoadExtensionOption, 0, out _);
        _ = raw.sqlite3_db_config(connection, TriggerOption, 0, out _);
        _ = raw.sqlite3_exec(connection, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0");
    }

    /// <summary>
    /// Bounds every value to what can be in a file of the database's size, so that an expression in a hostile schema can't ask for a
    /// gigabyte (https://sqlite.org/c3ref/limit.html).
    /// </summary>
    public static void BoundValues(sqlite3 connection)
    {
        const long Least = 16 << 20;
        const int UnitsOfText = 4;
        long size = FileStatus.Of(raw.sqlite3_db_filename(connection, "main").utf8_to_string())?.Size ?? 0;
        _ = raw.sqlite3_limit(connection, raw.SQLITE_LIMIT_LENGTH, (int)Math.Min(int.MaxValue, Least + (UnitsOfText * size)));
    }

    /// <summary>Keeps the connection from writing the WAL into the database when it is the last to close.</summary>
    public static void LeaveWalAtClose(sqlite3 connection) =>
        _ = raw.sqlite3_db_config(connection, NoCheckpointOnCloseOption, 1, out _);

    private static SqliteConnection Open(string path, string dataSource, SqliteOpenMode mode, BackupFailure failure)
    {
        NativeSqlite.Initialize();
        RegularFile.ThrowIfSpecial(path);
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = dataSource, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            _ = raw.sqlite3_extended_result_codes(connection.Handle!, 1);

            // Waiting is ours: inside SQLite it could neither be cancelled nor shown.
            _ = raw.sqlite3_busy_timeout(connection.Handle!, 0);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw SqliteErrors.Opening(exception, failure, path);
        }
    }

    // A relative path, or one with SQLite's or Microsoft.Data.Sqlite's special prefixes, would be read as something else.
    private static string Absolute(string path) => Path.GetFullPath(path);

    private static string Uri(string path, string query)
    {
        var uri = new StringBuilder("file://");
        string full = Path.GetFullPath(path).Replace('\\', OperatingSystem.IsWindows() ? '/' : '\\');
        if (!full.StartsWith('/'))
        {
            uri.Append('/');
        }

        foreach (string part in full.Split('/').Select(System.Uri.EscapeDataString))
        {
            uri.Append(part).Append('/');
        }

        uri.Length--;
        return uri.Append('?').Append(query).ToString();
    }
}
