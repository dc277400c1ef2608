using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SqliteBackup.Engine.Tests.Sql;

/// <summary>All that a database holds, as lines: every entry of its schema, every row of every table with types, bytes and bits, its numbers.</summary>
internal static class FullContent
{
    // Views may use what every other build of SQLite takes for texts.
    private const int DoubleQuotedInDmlOption = 1013;

    private static readonly string[] Pragmas = ["user_version", "application_id", "encoding"];

    /// <summary>The lines.</summary>
    /// <param name="path">The database.</param>
    /// <param name="withRowIds">Whether a rowid that no column shows counts as content.</param>
    /// <param name="withNumbers">Whether user version and application id do.</param>
    public static string[] Of(string path, bool withRowIds = true, bool withNumbers = true)
    {
        using SqliteConnection connection = SampleDatabase.Open(path, SqliteOpenMode.ReadOnly);
        _ = SQLitePCL.raw.sqlite3_db_config(connection.Handle, DoubleQuotedInDmlOption, 1, out _);
        var lines = Pragmas.Where(pragma => withNumbers || pragma == "encoding").SelectMany(pragma => Rows(connection, $"PRAGMA {pragma}", pragma)).ToList();
        lines.AddRange(Rows(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name", "schema"));
        foreach (string table in Names(connection).ToArray())
        {
            string quoted = $"\"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            string? rowId = RowIdOf(connection, table, quoted);
            string columns = rowId is not null && withRowIds ? $"{rowId}, *" : "*";
            lines.AddRange(Rows(connection, $"SELECT {columns} FROM {quoted} ORDER BY {rowId ?? "1"}", table));
        }

        return [.. lines];
    }

    private static List<string> Names(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name";
        using SqliteDataReader reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    // A view has none, nor has a table WITHOUT ROWID; and one of the names may be a column's.
    private static string? RowIdOf(SqliteConnection connection, string table, string quoted)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT type = 'table' OR type = 'virtual' OR type = 'shadow', wr FROM pragma_table_list WHERE schema = 'main' AND name = $name";
        command.Parameters.AddWithValue("$name", table);
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            if (!reader.Read() || reader.GetInt64(0) == 0 || reader.GetInt64(1) != 0)
            {
                return null;
            }
        }

        command.CommandText = $"SELECT * FROM {quoted} LIMIT 0";
        using SqliteDataReader columns = command.ExecuteReader();
        string[] taken = [.. Enumerable.Range(0, columns.FieldCount).Select(columns.GetName)];
        return Array.Find(["rowid", "_rowid_", "oid"], name => !taken.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Rows(SqliteConnection connection, string sql, string of)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return $"{of}: " + string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) switch
            {
                DBNull => "NULL",
                byte[] blob => "blob " + Convert.ToHexString(blob),
                string text => "text " + Convert.ToHexString(Encoding.UTF8.GetBytes(text)) + $" ({text.ReplaceLineEndings(" ")})",
                double real => "real " + BitConverter.DoubleToInt64Bits(real).ToString("X16", CultureInfo.InvariantCulture) + $" ({real:R})",
                object value => $"{value.GetType().Name} {Convert.ToString(value, CultureInfo.InvariantCulture)}",
            }));
        }
    }
}
