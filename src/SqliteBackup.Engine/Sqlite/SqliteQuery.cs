using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>Small queries on a raw connection.</summary>
internal static class SqliteQuery
{
    /// <summary>The first column of the first row as an integer.</summary>
    public static long Integer(sqlite3 connection, string sql, string path)
    {
        using var statement = new SqliteStatement(connection, path, sql);
        _ = statement.Read();
        return statement.Integer(0);
    }

    /// <summary>The first column of the first row as text.</summary>
    public static string Text(sqlite3 connection, string sql, string path)
    {
        using var statement = new SqliteStatement(connection, path, sql);
        _ = statement.Read();
        return statement.Text(0);
    }

    /// <summary>The first column of all rows as text.</summary>
    public static List<string> Texts(sqlite3 connection, string sql, string path)
    {
        using var statement = new SqliteStatement(connection, path, sql);
        var texts = new List<string>();
        while (statement.Read())
        {
            texts.Add(statement.Text(0));
        }

        return texts;
    }
}
