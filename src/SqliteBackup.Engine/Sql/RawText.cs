using System.Text;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>
/// SQL as its bytes, one character for each: SQLite takes names and statements that are not valid UTF-8, and they have to come back as they
/// were. Only what a person sees is decoded.
/// </summary>
internal static class RawText
{
    /// <summary>The text of a column of the current row.</summary>
    public static string Of(SqliteStatement row, int column) => Of(row.Utf8(column));

    /// <summary>The text that these bytes are.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes of a text.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>A text as a person reads it.</summary>
    public static string Shown(string text) => Encoding.UTF8.GetString(Bytes(text));

    /// <summary>A text in single quotes.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A name in double quotes.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The first column of all rows.</summary>
    public static List<string> List(sqlite3 connection, string sql, string path)
    {
        using var statement = new SqliteStatement(connection, path, sql);
        var texts = new List<string>();
        while (statement.Read())
        {
            texts.Add(Of(statement, 0));
        }

        return texts;
    }
}
