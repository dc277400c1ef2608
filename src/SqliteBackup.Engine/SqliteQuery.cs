using SQLitePCL;

namespace SqliteBackup.Engine;

/// <summary>One-value queries on a raw connection, where Microsoft.Data.Sqlite's own waiting for locks would be in the way.</summary>
internal static class SqliteQuery
{
    /// <summary>The first column of the first row as an integer.</summary>
    public static long Integer(sqlite3 connection, string sql, string path)
    {
        SqliteErrors.Check(raw.sqlite3_prepare_v2(connection, sql, out sqlite3_stmt statement), connection, BackupFailure.BackupFailed, path);
        using (statement)
        {
            SqliteErrors.Check(raw.sqlite3_step(statement), connection, BackupFailure.BackupFailed, path);
            return raw.sqlite3_column_int64(statement, 0);
        }
    }
}
