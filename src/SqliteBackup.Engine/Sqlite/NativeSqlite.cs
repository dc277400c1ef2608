using System.Runtime.InteropServices;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite.Vfs;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>The native SQLite library: made ready once, and the two calls of it that SQLitePCLRaw does not carry.</summary>
internal static partial class NativeSqlite
{
    private const int FileControlFilePointer = 7;

    static NativeSqlite()
    {
        Batteries_V2.Init();
        OpenGuard.Install();
    }

    /// <summary>The version of the library, such as 3.53.4.</summary>
    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>Runs <see cref="Batteries_V2"/>'s initialisation, once, and says clearly what is wrong where the library does not load.</summary>
    /// <exception cref="SqliteBackupException">The native library is missing or could not be loaded.</exception>
    public static void Initialize()
    {
        try
        {
            FileSizeSignal.Catch();
            _ = Version;
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            Exception cause = exception.InnerException ?? exception;
            throw new SqliteBackupException(
                BackupFailure.NativeLibraryNotFound,
                AppContext.BaseDirectory,
                $"The native SQLite library could not be loaded: {cause.Message}",
                innerException: exception);
        }
    }

    /// <summary>The <c>sqlite3_file*</c> of a connection's main database (https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html).</summary>
    public static unsafe nint FilePointer(sqlite3 connection)
    {
        nint file = 0;
        int code = FileControl(connection.DangerousGetHandle(), "main", FileControlFilePointer, &file);
        return code == raw.SQLITE_OK
            ? file
            : throw new InvalidOperationException($"SQLITE_FCNTL_FILE_POINTER answered {code}.");
    }

    /// <summary>The operating system's error number behind the connection's last input or output error, 0 where there was none.</summary>
    public static int SystemErrorNumber(sqlite3 connection) => SystemErrno(connection.DangerousGetHandle());

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static unsafe partial int FileControl(nint connection, string database, int operation, void* argument);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_system_errno")]
    [UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial int SystemErrno(nint connection);
}
