using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>What the schema keeps of a table, an index, a view or a trigger, as <see cref="RawText"/>.</summary>
/// <param name="Type">table, index, view or trigger.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table or view that it belongs to.</param>
/// <param name="Sql">The statement that makes it.</param>
internal sealed record SchemaEntry(string Type, string Name, string Table, string Sql)
{
    /// <summary>Those of one type that have a statement, in the order in which they were made.</summary>
    public static IEnumerable<SchemaEntry> Read(sqlite3 connection, string path, string type)
    {
        using var rows = new SqliteStatement(
            connection, path, $"SELECT name, tbl_name, sql FROM sqlite_schema WHERE type='{type}' AND sql NOT NULL ORDER BY rowid");
        while (rows.Read())
        {
            yield return new SchemaEntry(type, RawText.Of(rows, 0), RawText.Of(rows, 1), RawText.Of(rows, 2));
        }
    }
}
