using System.IO.Enumeration;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>
/// Writes the statements that recreate a database, in the order of the sqlite3 shell's <c>.dump</c>: tables with their rows, counters,
/// then indexes, views and triggers. Virtual tables are written into the schema, and their shadow tables like any others. The schema alone,
/// followed by the data alone, makes the same database.
/// </summary>
internal sealed class SqlDump(sqlite3 connection, ExportRequest request, Action<ReadOnlyMemory<byte>> write, CancellationToken cancellationToken)
{
    private readonly RowDump _rows = new(connection, request.Database, write, cancellationToken);
    private bool _writesSchema;

    public int Tables { get; private set; }

    public long Rows => _rows.Count;

    /// <summary>Writes everything. The connection holds a read transaction.</summary>
    public void Run()
    {
        IReadOnlyList<DumpTable> all = DumpTable.ReadAll(connection, request.Database);
        IReadOnlyList<DumpTable> tables = [.. all.Where(IsWanted)];
        ThrowIfMissing(tables);
        bool isWhole = request.Tables.Count == 0 && !request.DataOnly;
        IReadOnlyList<SchemaEntry> triggers = request.DataOnly ? TriggersOn(tables) : [];
        WriteHead(isWhole);

        // They have already done what they do with these rows.
        foreach (SchemaEntry trigger in triggers)
        {
            Write($"DROP TRIGGER IF EXISTS {RawText.Name(trigger.Name)};");
        }

        // Without rows a virtual table is made anew, and makes its shadow tables by itself.
        foreach (DumpTable table in tables.Where(table => !table.IsInternal && (!request.SchemaOnly || !table.IsShadow)))
        {
            WriteTable(table);
        }

        if (!request.SchemaOnly)
        {
            foreach (DumpTable table in tables.Where(table => table.IsInternal))
            {
                WriteInternal(table, tables);
            }
        }

        foreach (SchemaEntry entry in request.DataOnly ? triggers : Rest(tables))
        {
            WriteStatement(entry);
        }

        if (_writesSchema)
        {
            Write("PRAGMA writable_schema=OFF;");
        }

        if (isWhole)
        {
            WriteNumber("user_version");
            WriteNumber("application_id");
        }

        Write("COMMIT;");
    }

    private static bool Matches(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, RawText.Shown(name), ignoreCase: true);

    private bool IsWanted(DumpTable table) =>
        request.Tables.Count == 0
        || request.Tables.Any(pattern => Matches(pattern, table.Owner) || Matches(pattern, table.Name))
        || table.Name == "sqlite_sequence";

    // A pattern may match nothing, but a name that is not there is a mistake: the text would lack what somebody counts on.
    private void ThrowIfMissing(IReadOnlyList<DumpTable> tables)
    {
        foreach (string name in request.Tables.Where(name => !name.AsSpan().ContainsAny('*', '?')))
        {
            if (!tables.Any(table => Matches(name, table.Owner) || Matches(name, table.Name)) && !Views().Exists(view => Matches(name, view)))
            {
                throw new SqliteBackupException(
                    BackupFailure.InvalidOption,
                    request.Database,
                    $"'{request.Database}' has no table or view '{name}'. Nothing was written. Check the name, or use a pattern such as '*{name}*'.");
            }
        }
    }

    private List<string> Views() => RawText.List(connection, "SELECT name FROM sqlite_schema WHERE type='view'", request.Database);

    private void WriteHead(bool isWhole)
    {
        string encoding = SqliteQuery.Text(connection, "PRAGMA encoding", request.Database);
        if (isWhole && encoding != "UTF-8")
        {
            Write($"PRAGMA encoding='{encoding}';");
        }

        Write("PRAGMA foreign_keys=OFF;");
        Write("BEGIN TRANSACTION;");
    }

    private void WriteTable(DumpTable table)
    {
        Tables++;
        if (!request.DataOnly)
        {
            WriteSchema(table);
        }

        if (!request.SchemaOnly && !table.IsVirtual)
        {
            // A virtual table that was made anew has put rows of its own there.
            if (request.DataOnly && table.IsShadow)
            {
                Write($"DELETE FROM {RawText.Name(table.Name)};");
            }

            _rows.Write(table);
        }
    }

    private void WriteSchema(DumpTable table)
    {
        if (!table.IsVirtual || request.SchemaOnly)
        {
            WriteStatement(new SchemaEntry("table", table.Name, table.Name, table.Sql));
            return;
        }

        AllowWritingSchema();
        string name = RawText.Quoted(table.Name);
        Write($"INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table',{name},{name},0,{RawText.Quoted(table.Sql)});");
    }

    // Counters of AUTOINCREMENT, and the statistics of ANALYZE: tables that SQLite makes by itself, and only where it has a use for them.
    private void WriteInternal(DumpTable table, IReadOnlyList<DumpTable> tables)
    {
        string name = RawText.Name(table.Name);
        bool isCounters = table.Name == "sqlite_sequence";
        string[] counted = [.. tables.Where(other => other.HasAutoincrement).Select(other => other.Name)];
        if (isCounters && request.Tables.Count > 0)
        {
            if (counted.Length > 0)
            {
                Write($"DELETE FROM {name} WHERE name IN ({string.Join(',', counted.Select(RawText.Quoted))});");
                _rows.Write(table, counted);
            }

            return;
        }

        if (table.Name == "sqlite_stat1")
        {
            Write("ANALYZE sqlite_schema;");
        }
        else if (!isCounters || counted.Length == 0)
        {
            // Builds differ in which statistics they know, and counters outlive the tables that they counted for.
            AllowWritingSchema();
            Write($"{table.Sql.Replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal)};");
        }

        Write($"DELETE FROM {name};");
        _rows.Write(table);
    }

    private IEnumerable<SchemaEntry> Rest(IReadOnlyList<DumpTable> tables)
    {
        HashSet<string> names = tables.Select(table => table.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        names.UnionWith(Views().Where(view => request.Tables.Any(pattern => Matches(pattern, view))));
        return ((string[])["index", "view", "trigger"])
            .SelectMany(type => SchemaEntry.Read(connection, request.Database, type))
            .Where(entry => request.Tables.Count == 0 || names.Contains(entry.Table));
    }

    private IReadOnlyList<SchemaEntry> TriggersOn(IReadOnlyList<DumpTable> tables)
    {
        HashSet<string> names = tables.Select(table => table.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. SchemaEntry.Read(connection, request.Database, "trigger").Where(trigger => names.Contains(trigger.Table))];
    }

    private void WriteStatement(SchemaEntry entry)
    {
        string end = StatementState.EndOf(RawText.Bytes(entry.Sql));
        Write(entry.Sql + end);
        if (end.Length > 1)
        {
            // What closes a comment would else become a part of the text that the schema keeps.
            AllowWritingSchema();
            Write($"UPDATE sqlite_schema SET sql={RawText.Quoted(entry.Sql)} WHERE type='{entry.Type}' AND name={RawText.Quoted(entry.Name)};");
        }
    }

    private void AllowWritingSchema()
    {
        if (!_writesSchema)
        {
            _writesSchema = true;
            Write("PRAGMA writable_schema=ON;");
        }
    }

    private void WriteNumber(string pragma)
    {
        long value = SqliteQuery.Integer(connection, $"PRAGMA {pragma}", request.Database);
        if (value != 0)
        {
            Write(FormattableString.Invariant($"PRAGMA {pragma}={value};"));
        }
    }

    private void Write(string statement) => write(RawText.Bytes(statement));
}
