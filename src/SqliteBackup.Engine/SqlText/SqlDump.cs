using System.Buffers;
using System.IO.Enumeration;
using System.Text;
using SQLitePCL;

namespace SqliteBackup.Engine.SqlText;

/// <summary>
/// Writes the statements that recreate a database, in the order of the sqlite3 shell's <c>.dump</c>: tables with their rows, counters,
/// then indexes, views and triggers. Virtual tables are written into the schema, and their shadow tables like any others.
/// </summary>
internal sealed class SqlDump(sqlite3 connection, ExportRequest request, Action<ReadOnlyMemory<byte>> write, CancellationToken cancellationToken)
    : IDisposable
{
    private readonly SqlLiteral _literal = new(connection, request.Database);
    private readonly ArrayBufferWriter<byte> _statement = new();
    private bool _writesSchema;

    public int Tables { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Writes everything. The connection holds a read transaction.</summary>
    public void Run()
    {
        IReadOnlyList<DumpTable> tables = [.. DumpTable.ReadAll(connection, request.Database).Where(IsWanted)];
        ThrowIfMissing(tables);
        bool isWhole = request.Tables.Count == 0 && !request.DataOnly;
        WriteHead(isWhole);

        // Without rows a virtual table is made anew, and makes its shadow tables by itself.
        foreach (DumpTable table in tables.Where(table => !table.IsInternal && (!request.SchemaOnly || table.Owner == table.Name)))
        {
            WriteTable(table);
        }

        foreach (DumpTable table in tables.Where(table => table.IsInternal))
        {
            WriteInternal(table, tables);
        }

        if (!request.DataOnly)
        {
            WriteRest(tables);
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

    public void Dispose() => _literal.Dispose();

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);

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
                    BackupFailure.BackupFailed,
                    request.Database,
                    $"'{request.Database}' has no table or view '{name}'. Nothing was written. Check the name, or use a pattern such as '*{name}*'.");
            }
        }
    }

    private List<string> Views() => SqliteQuery.Texts(connection, "SELECT name FROM sqlite_schema WHERE type='view'", request.Database);

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
            WriteRows(table);
        }
    }

    private void WriteSchema(DumpTable table)
    {
        if (!table.IsVirtual || request.SchemaOnly)
        {
            Write(Terminated(table.Sql!));
            return;
        }

        if (!_writesSchema)
        {
            _writesSchema = true;
            Write("PRAGMA writable_schema=ON;");
        }

        string name = Quoted(table.Name);
        Write($"INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table',{name},{name},0,{Quoted(table.Sql!)});");
    }

    // Counters of AUTOINCREMENT, and the statistics of ANALYZE: tables that SQLite makes by itself.
    private void WriteInternal(DumpTable table, IReadOnlyList<DumpTable> tables)
    {
        if (request.SchemaOnly || request.DataOnly)
        {
            return;
        }

        if (table.Name == "sqlite_sequence")
        {
            string[] counted = [.. tables.Where(other => other.HasAutoincrement).Select(other => other.Name)];
            if (counted.Length > 0)
            {
                Write($"DELETE FROM sqlite_sequence WHERE name IN ({string.Join(',', counted.Select(Quoted))});");
                WriteRows(table, counted);
            }
        }
        else if (table.Name.StartsWith("sqlite_stat", StringComparison.Ordinal))
        {
            Write("ANALYZE sqlite_schema;");
            WriteRows(table);
        }
    }

    private void WriteRows(DumpTable table, IReadOnlyCollection<string>? onlyNames = null)
    {
        string columns = string.Join(',', table.Columns);
        string beginning = table.NeedsColumns
            ? $"INSERT INTO {SqlLiteral.Name(table.Name)}({columns}) VALUES("
            : $"INSERT INTO {SqlLiteral.Name(table.Name)} VALUES(";
        byte[] head = Encoding.UTF8.GetBytes(beginning);
        using sqlite3_stmt rows = SqliteQuery.Prepare(connection, $"SELECT {columns} FROM {SqlLiteral.Name(table.Name)}", request.Database);
        while (SqliteQuery.Step(connection, rows, request.Database))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (onlyNames?.Contains(raw.sqlite3_column_text(rows, 0).utf8_to_string()) == false)
            {
                continue;
            }

            _statement.ResetWrittenCount();
            _statement.Write(head);
            for (int i = 0; i < table.Columns.Count; i++)
            {
                _statement.Write(i > 0 ? ","u8 : []);
                _literal.Append(_statement, rows, i);
            }

            _statement.Write(");"u8);
            write(_statement.WrittenMemory);
            Rows++;
        }
    }

    private void WriteRest(IReadOnlyList<DumpTable> tables)
    {
        HashSet<string> names = tables.Select(table => table.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        names.UnionWith(Views().Where(view => request.Tables.Any(pattern => Matches(pattern, view))));
        foreach (string type in (string[])["index", "view", "trigger"])
        {
            using sqlite3_stmt rows = SqliteQuery.Prepare(
                connection, $"SELECT sql, tbl_name FROM sqlite_schema WHERE type='{type}' AND sql NOT NULL ORDER BY rowid", request.Database);
            while (SqliteQuery.Step(connection, rows, request.Database))
            {
                if (request.Tables.Count == 0 || names.Contains(raw.sqlite3_column_text(rows, 1).utf8_to_string()))
                {
                    Write(Terminated(raw.sqlite3_column_text(rows, 0).utf8_to_string()));
                }
            }
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

    // A comment at the end would swallow the semicolon.
    private static string Terminated(string sql) => sql.Contains("--", StringComparison.Ordinal) ? sql + "\n;" : sql + ";";

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private void Write(string statement) => write(Encoding.UTF8.GetBytes(statement));
}
