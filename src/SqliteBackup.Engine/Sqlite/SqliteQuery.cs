using System.Text;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>Small queries on a raw connection, where Microsoft.Data.Sqlite's own waiting for locks would be in the way.</summary>
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

    /// <summary>The first column of the first row as text.</summary>
    public static string Text(sqlite3 connection, string sql, string path)
    {
        using sqlite3_stmt statement = Prepare(connection, sql, path);
        _ = Step(connection, statement, path);
        return raw.sqlite3_column_text(statement, 0).utf8_to_string();
    }

    /// <summary>The first column of all rows as text.</summary>
    public static List<string> Texts(sqlite3 connection, string sql, string path)
    {
        using sqlite3_stmt statement = Prepare(connection, sql, path);
        var texts = new List<string>();
        while (Step(connection, statement, path))
        {
            texts.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string());
        }

        return texts;
    }

    /// <summary>A statement with its one argument, a text in UTF-8, if it has any.</summary>
    public static sqlite3_stmt Prepare(sqlite3 connection, string sql, string path, byte[]? argument = null)
    {
        sqlite3_stmt statement = Prepare(connection, Encoding.UTF8.GetBytes(sql), path);
        if (argument is not null)
        {
            raw.sqlite3_bind_text(statement, 1, argument);
        }

        return statement;
    }

    /// <summary>A statement that is given as its bytes.</summary>
    public static sqlite3_stmt Prepare(sqlite3 connection, ReadOnlySpan<byte> sql, string path)
    {
        SqliteErrors.Check(raw.sqlite3_prepare_v2(connection, sql, out sqlite3_stmt statement), connection, BackupFailure.BackupFailed, path);
        return statement;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool Step(sqlite3 connection, sqlite3_stmt statement, string path)
    {
        int code = raw.sqlite3_step(statement);
        SqliteErrors.Check(code, connection, BackupFailure.BackupFailed, path);
        return code == raw.SQLITE_ROW;
    }
}
