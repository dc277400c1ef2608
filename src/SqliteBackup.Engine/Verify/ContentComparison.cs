using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Verify;

/// <summary>
/// Compares two databases table by table and row by row, each in the order in which the table is stored, so that neither needs memory or
/// sorting. Values are compared as they are stored: type, bytes and bits. Where rows lie in the file does not count, nor does what SQLite
/// derives: indexes' content, generated columns, statistics of virtual tables.
/// </summary>
internal sealed class ContentComparison(sqlite3 backup, string backupPath, sqlite3 live, string livePath)
{
    private const string SchemaSql =
        """
        SELECT type || ' ' || name, name, type, rootpage > 0, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_autoindex_%'
        """;

    /// <summary>What differs, in the order of the names.</summary>
    /// <exception cref="SqliteBackupException">One of the two can't be read.</exception>
    public IReadOnlyList<TableDifference> Run()
    {
        Dictionary<string, SchemaItem> ours = ReadSchema(backup, backupPath);
        Dictionary<string, SchemaItem> theirs = ReadSchema(live, livePath);
        return
        [
            .. ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal)
                .Select(key => Compare(ours.GetValueOrDefault(key), theirs.GetValueOrDefault(key)))
                .OfType<TableDifference>(),
        ];
    }

    private static Dictionary<string, SchemaItem> ReadSchema(sqlite3 connection, string path)
    {
        var items = new Dictionary<string, SchemaItem>(StringComparer.Ordinal);
        using SqliteStatement rows = Open(connection, path, SchemaSql);
        while (rows.Read())
        {
            items[rows.Text(0)] = new SchemaItem(rows.Text(1), rows.Text(2), rows.Text(2) == "table" && rows.Text(3) == "1", rows.Text(4));
        }

        return items;
    }

    private TableDifference? Compare(SchemaItem? ours, SchemaItem? theirs)
    {
        DifferenceKind kind = ours is null ? DifferenceKind.OnlyInDatabase : theirs is null ? DifferenceKind.OnlyInBackup : DifferenceKind.Schema;
        if (ours is not null && ours == theirs)
        {
            return ours.HasRows ? CompareRows(ours) : null;
        }

        return new TableDifference((ours ?? theirs)!.Name, (ours ?? theirs)!.Type, kind)
        {
            RowsInBackup = ours is { HasRows: true } ? CountRows(backup, backupPath, ours.Name) : null,
            RowsInDatabase = theirs is { HasRows: true } ? CountRows(live, livePath, theirs.Name) : null,
            SqlInBackup = ours?.Sql,
            SqlInDatabase = theirs?.Sql,
        };
    }

    private static long CountRows(sqlite3 connection, string path, string table)
    {
        using SqliteStatement row = Open(connection, path, $"SELECT count(*) FROM {Quote(table, '"')}");
        _ = row.Read();
        return row.Integer(0);
    }

    private TableDifference? CompareRows(SchemaItem table)
    {
        // Of a generated column only its expression, which is in the schema, can differ.
        var columns = new List<string>();
        using (SqliteStatement info = Open(backup, backupPath, $"SELECT name FROM pragma_table_xinfo({Quote(table.Name, '\'')}) WHERE hidden = 0"))
        {
            while (info.Read())
            {
                columns.Add(Quote(info.Text(0), '"'));
            }
        }

        string sql = $"SELECT {string.Join(", ", columns)} FROM {Quote(table.Name, '"')} NOT INDEXED";
        using SqliteStatement ours = Open(backup, backupPath, sql);
        using SqliteStatement theirs = Open(live, livePath, sql);
        long rowsOfOurs = 0;
        long rowsOfTheirs = 0;
        bool isSame = true;
        while (true)
        {
            bool hasOurs = ours.Read();
            bool hasTheirs = theirs.Read();
            rowsOfOurs += hasOurs ? 1 : 0;
            rowsOfTheirs += hasTheirs ? 1 : 0;
            if (!hasOurs && !hasTheirs)
            {
                return isSame
                    ? null
                    : new TableDifference(table.Name, table.Type, DifferenceKind.Content)
                    {
                        RowsInBackup = rowsOfOurs,
                        RowsInDatabase = rowsOfTheirs,
                        SqlInBackup = table.Sql,
                        SqlInDatabase = table.Sql,
                    };
            }

            isSame = isSame && hasOurs && hasTheirs && ours.SameRow(theirs);
        }
    }

    private static SqliteStatement Open(sqlite3 connection, string path, string sql) => new(connection, path, sql, BackupFailure.SourceOpenFailed);

    private static string Quote(string name, char quote) => $"{quote}{name.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";

    private sealed record SchemaItem(string Name, string Type, bool HasRows, string Sql);
}
