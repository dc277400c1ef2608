using System.Text.RegularExpressions;
using SQLitePCL;

namespace SqliteBackup.Engine.SqlText;

/// <summary>A table to write: what has to be named for its rows to come back as they were.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">The virtual table that a shadow table belongs to; otherwise its own name.</param>
/// <param name="Sql">The statement that makes it.</param>
/// <param name="IsVirtual">Whether its rows live in other tables.</param>
/// <param name="Columns">The columns that can be written, quoted; a rowid first where the table does not show it.</param>
/// <param name="NeedsColumns">Whether an INSERT has to name them.</param>
internal sealed partial record DumpTable(
    string Name, string Owner, string? Sql, bool IsVirtual, IReadOnlyList<string> Columns, bool NeedsColumns)
{
    private static readonly string[] RowIdNames = ["rowid", "_rowid_", "oid"];

    public bool IsInternal => Name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    public bool HasAutoincrement => Sql is not null && Autoincrement().IsMatch(Sql);

    /// <summary>The tables of a database in the order in which they were made.</summary>
    public static IReadOnlyList<DumpTable> ReadAll(sqlite3 connection, string path)
    {
        var found = new List<(string Name, string Sql, string Type, bool IsWithoutRowId)>();
        using (sqlite3_stmt rows = SqliteQuery.Prepare(
            connection,
            "SELECT s.name, s.sql, l.type, l.wr FROM sqlite_schema s JOIN pragma_table_list l ON l.schema='main' AND l.name=s.name COLLATE NOCASE WHERE s.type='table' AND s.sql NOT NULL ORDER BY s.rowid",
            path))
        {
            while (SqliteQuery.Step(connection, rows, path))
            {
                found.Add((Text(rows, 0), Text(rows, 1), Text(rows, 2), raw.sqlite3_column_int(rows, 3) != 0));
            }
        }

        string[] virtualTables = [.. found.Where(table => table.Type == "virtual").Select(table => table.Name).OrderByDescending(name => name.Length)];
        return
        [
            .. found.Select(table =>
            {
                string owner = table.Type == "shadow"
                    ? Array.Find(virtualTables, name => table.Name.StartsWith(name + "_", StringComparison.OrdinalIgnoreCase)) ?? table.Name
                    : table.Name;
                bool isVirtual = table.Type == "virtual" || VirtualTable().IsMatch(table.Sql);
                return isVirtual
                    ? new DumpTable(table.Name, owner, table.Sql, true, [], false)
                    : ReadColumns(new DumpTable(table.Name, owner, table.Sql, false, [], false), table.IsWithoutRowId, connection, path);
            }),
        ];
    }

    private static DumpTable ReadColumns(DumpTable table, bool isWithoutRowId, sqlite3 connection, string path)
    {
        var columns = new List<string>();
        bool hasGenerated = false;
        bool hasPrimaryKey = false;
        using (sqlite3_stmt rows = SqliteQuery.Prepare(
            connection, "SELECT name, hidden, pk FROM pragma_table_xinfo(?)", path, table.Name))
        {
            while (SqliteQuery.Step(connection, rows, path))
            {
                bool isGenerated = raw.sqlite3_column_int(rows, 1) is 2 or 3;
                hasGenerated |= isGenerated;
                hasPrimaryKey |= raw.sqlite3_column_int(rows, 2) > 0;
                if (!isGenerated)
                {
                    columns.Add(Text(rows, 0));
                }
            }
        }

        // A primary key without an index of its own is the rowid.
        bool hasHiddenRowId = !isWithoutRowId && !table.IsInternal && (!hasPrimaryKey || HasPrimaryKeyIndex(table.Name, connection, path));
        string? rowId = hasHiddenRowId
            ? Array.Find(RowIdNames, name => !columns.Contains(name, StringComparer.OrdinalIgnoreCase))
            : null;
        IEnumerable<string> quoted = columns.Select(SqlLiteral.Name);
        return table with { Columns = rowId is null ? [.. quoted] : [rowId, .. quoted], NeedsColumns = hasGenerated || rowId is not null };
    }

    private static bool HasPrimaryKeyIndex(string table, sqlite3 connection, string path)
    {
        using sqlite3_stmt rows = SqliteQuery.Prepare(connection, "SELECT 1 FROM pragma_index_list(?) WHERE origin='pk'", path, table);
        return SqliteQuery.Step(connection, rows, path);
    }

    private static string Text(sqlite3_stmt row, int column) => raw.sqlite3_column_text(row, column).utf8_to_string();

    [GeneratedRegex(@"\bAUTOINCREMENT\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Autoincrement();

    [GeneratedRegex(@"^\s*CREATE\s+VIRTUAL\s+TABLE\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VirtualTable();
}
