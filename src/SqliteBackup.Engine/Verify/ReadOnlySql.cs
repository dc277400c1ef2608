using System.Text;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Verify;

/// <summary>
/// Runs SQL that may read a database and do nothing else, whoever wrote the SQL or the schema: SQLite itself says which statement writes
/// (https://sqlite.org/c3ref/stmt_readonly.html), and an authorizer refuses what is no reading (https://sqlite.org/c3ref/set_authorizer.html).
/// </summary>
internal sealed class ReadOnlySql
{
    private const int MaxRows = 1000;

    private static readonly HashSet<string> Pragmas = new(StringComparer.OrdinalIgnoreCase)
    {
        "application_id", "collation_list", "data_version", "encoding", "foreign_key_check", "foreign_key_list", "freelist_count", "index_info",
        "index_list", "index_xinfo", "integrity_check", "page_count", "page_size", "quick_check", "schema_version", "table_info", "table_list",
        "table_xinfo", "user_version",
    };

    private readonly sqlite3 _connection;
    private bool _isDenied;

    public ReadOnlySql(sqlite3 connection)
    {
        _connection = connection;
        _ = raw.sqlite3_exec(connection, "PRAGMA query_only=ON");
        _ = raw.sqlite3_set_authorizer(connection, Authorize, null);
    }

    /// <summary>Runs one query: one statement. What goes wrong is in the answer.</summary>
    public QueryResult Run(string sql)
    {
        _isDenied = false;
        int code = SqliteStatement.Prepare(_connection, Encoding.UTF8.GetBytes(sql), out SqliteStatement statement, out ReadOnlySpan<byte> tail);
        using (statement)
        {
            if (code != raw.SQLITE_OK)
            {
                return Failed(sql, code);
            }

            if (statement.IsEmpty)
            {
                return Invalid(sql, "It is no statement.");
            }

            if (!statement.IsReadOnly)
            {
                return Invalid(sql, Refusal);
            }

            return string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(tail).Trim().TrimEnd(';'))
                ? Read(sql, statement)
                : Invalid(sql, "It is more than one statement. Give each as a query of its own.");
        }
    }

    private const string Refusal = "Refused: only statements that read are run on a backup.";

    private static QueryResult Invalid(string sql, string error) => new(sql, [], [], false, error) { IsInvalid = true };

    // What SQLite says of the database, its file or the machine is not the query's fault.
    private QueryResult Failed(string sql, int code) =>
        new(sql, [], [], false, _isDenied ? Refusal : raw.sqlite3_errmsg(_connection).utf8_to_string())
        {
            IsInvalid = (code & 0xFF) is raw.SQLITE_ERROR or raw.SQLITE_AUTH or raw.SQLITE_READONLY or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG,
            IsDamage = (code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB,
        };

    private QueryResult Read(string sql, SqliteStatement statement)
    {
        IReadOnlyList<string> names = statement.Columns;
        var rows = new List<IReadOnlyList<object?>>();
        int code;
        while ((code = statement.Step()) == raw.SQLITE_ROW && rows.Count < MaxRows)
        {
            rows.Add([.. Enumerable.Range(0, names.Count).Select(column => ValueOf(statement, column))]);
        }

        return code is raw.SQLITE_DONE or raw.SQLITE_ROW
            ? new QueryResult(sql, names, rows, code == raw.SQLITE_ROW, null)
            : Failed(sql, code);
    }

    private static object? ValueOf(SqliteStatement row, int column) => row.TypeOf(column) switch
    {
        raw.SQLITE_INTEGER => row.Integer(column),
        raw.SQLITE_FLOAT => row.Real(column),
        raw.SQLITE_TEXT => row.Text(column),
        raw.SQLITE_BLOB => row.Bytes(column).ToArray(),
        _ => null,
    };

    private int Authorize(object userData, int action, string first, string second, string database, string trigger)
    {
        bool isReading = action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => true,
            raw.SQLITE_FUNCTION => !string.Equals(second, "load_extension", StringComparison.OrdinalIgnoreCase),
            raw.SQLITE_PRAGMA => Pragmas.Contains(first),
            _ => false,
        };
        _isDenied |= !isReading;
        return isReading ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }
}
