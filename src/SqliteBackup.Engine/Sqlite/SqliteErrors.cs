using SqliteBackup.Platform;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>Turns SQLite's result codes into the Engine's own exception, with what to do.</summary>
internal static class SqliteErrors
{
    /// <summary>SQLITE_READONLY_ROLLBACK: a crash left a journal that has to be rolled back before anybody can read.</summary>
    public const int ReadOnlyRollback = raw.SQLITE_READONLY | (3 << 8);

    /// <summary>SQLITE_IOERR_WRITE.</summary>
    private const int WriteError = raw.SQLITE_IOERR | (3 << 8);

    /// <summary>Throws unless a call went well.</summary>
    public static void Check(int code, sqlite3 connection, BackupFailure failure, string path)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            throw Failed(connection, code, failure, path);
        }
    }

    /// <summary>The exception for a call that failed on a connection.</summary>
    public static SqliteBackupException Failed(sqlite3 connection, int code, BackupFailure failure, string path)
    {
        int extended = Extended(connection, code);
        int systemError = NativeSqlite.SystemErrorNumber(connection);
        string words = raw.sqlite3_errmsg(connection).utf8_to_string();
        string reason = Name(extended).EndsWith(words, StringComparison.Ordinal) ? Name(extended) : $"{Name(extended)}: {words}";
        if (systemError != 0)
        {
            reason += $" ({System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(systemError)})";
        }

        return Create(extended, systemError, reason, failure, path);
    }

    /// <summary>The exception for a connection that could not be opened.</summary>
    public static SqliteBackupException Opening(SqliteException exception, BackupFailure failure, string path) =>
        new(
            failure,
            path,
            $"'{path}' could not be opened ({Name(exception.SqliteExtendedErrorCode)}). Check that it exists and that this user may read it and enter its folder.",
            exception.SqliteExtendedErrorCode,
            exception);

    /// <summary>A code's extended form, where the connection still knows it.</summary>
    public static int Extended(sqlite3 connection, int code)
    {
        int extended = raw.sqlite3_extended_errcode(connection);
        return (extended & 0xFF) == (code & 0xFF) ? extended : code;
    }

    private static SqliteBackupException Create(int code, int systemError, string reason, BackupFailure failure, string path) =>
        (code & 0xFF) switch
        {
            raw.SQLITE_FULL => Full(code, reason, path),
            raw.SQLITE_IOERR when code == WriteError && IsNoSpace(systemError) => Full(code, reason, path),
            raw.SQLITE_NOTADB => new(
                BackupFailure.NotADatabase, path, $"'{path}' is not an SQLite database, or it is encrypted ({reason}).", code),
            raw.SQLITE_CORRUPT => new(
                failure, path, $"'{path}' is damaged ({reason}). Test-SqliteBackup tells more of it; restore a backup that passes its test.", code),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(
                BackupFailure.SourceBusy,
                path,
                $"'{path}' is locked by another process ({reason}). Try again when it is idle, or raise the busy timeout.",
                code),
            _ => new(failure, path, $"'{path}': {reason}.", code),
        };

    private static SqliteBackupException Full(int code, string reason, string path) =>
        new(
            BackupFailure.DestinationFull,
            path,
            $"No space is left for '{path}' ({reason}). Free some, or choose another destination.",
            code);

    // EFBIG and EDQUOT: a limit on the file's size and a quota are no more room, too. (ENOSPC has its own result code.) On Windows the number is
    // that of GetLastError.
    private static bool IsNoSpace(int systemError) =>
        OperatingSystem.IsWindows() ? WindowsErrors.IsNoSpace(systemError)
        : systemError == 27 || systemError == (OperatingSystem.IsLinux() ? 122 : 69);

    private static string Name(int code) => $"SQLite error {code}, {raw.sqlite3_errstr(code & 0xFF).utf8_to_string()}";
}
