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
        SELECT type || ' ' || name, name, type = 'table' AND rootpage > 0, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_autoindex_%'
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
            items[rows.Text(0)] = new SchemaItem(rows.Text(1), rows.Text(2) == "1", rows.Text(3));
        }

        return items;
    }

    private TableDifference? Compare(SchemaItem? ours, SchemaItem? theirs) => (ours, theirs) switch
    {
        (null, _) => new TableDifference(theirs!.Name, DifferenceKind.OnlyInDatabase),
        (_, null) => new TableDifference(ours.Name, DifferenceKind.OnlyInBackup),
        _ when ours != theirs => new TableDifference(ours.Name, DifferenceKind.Schema),
        _ => ours.HasRows ? CompareRows(ours.Name) : null,
    };

    private TableDifference? CompareRows(string table)
    {
        // Of a generated column only its expression, which is in the schema, can differ.
        var columns = new List<string>();
        using (SqliteStatement info = Open(backup, backupPath, $"SELECT name FROM pragma_table_xinfo({Quote(table, '\'')}) WHERE hidden = 0"))
        {
            while (info.Read())
            {
                columns.Add(Quote(info.Text(0), '"'));
            }
        }

        string sql = $"SELECT {string.Join(", ", columns)} FROM {Quote(table, '"')} NOT INDEXED";
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
                return isSame ? null : new TableDifference(table, DifferenceKind.Content, rowsOfOurs, rowsOfTheirs);
            }

            isSame = isSame && hasOurs && hasTheirs && ours.SameRow(theirs);
        }
    }

    private static SqliteStatement Open(sqlite3 connection, string path, string sql) => new(connection, path, sql);

    private static string Quote(string name, char quote) => $"{quote}{name.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";

    private sealed record SchemaItem(string Name, bool HasRows, string Sql);
}
