using System.Text;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>
/// A prepared statement on a raw connection, where Microsoft.Data.Sqlite's own waiting for locks would be in the way, and its rows one after
/// the other, their values as they are stored.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly string _path;
    private readonly BackupFailure _failure;
    private readonly sqlite3_stmt _statement;
    private bool _isDone;

    /// <param name="connection">The connection that it runs on.</param>
    /// <param name="path">The database that errors name.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="failure">What has failed where it does.</param>
    /// <exception cref="SqliteBackupException">The statement can't be prepared.</exception>
    public SqliteStatement(sqlite3 connection, string path, string sql, BackupFailure failure = BackupFailure.BackupFailed)
        : this(connection, path, Encoding.UTF8.GetBytes(sql), failure)
    {
    }

    /// <inheritdoc cref="SqliteStatement(sqlite3, string, string, BackupFailure)"/>
    public SqliteStatement(sqlite3 connection, string path, ReadOnlySpan<byte> sql, BackupFailure failure = BackupFailure.BackupFailed)
    {
        (_connection, _path, _failure) = (connection, path, failure);
        int code = raw.sqlite3_prepare_v2(connection, sql, out _statement);
        if (code != raw.SQLITE_OK)
        {
            _statement.Dispose();
            throw SqliteErrors.Failed(connection, code, failure, path);
        }
    }

    private SqliteStatement(sqlite3 connection, sqlite3_stmt statement) =>
        (_connection, _path, _failure, _statement) = (connection, "", BackupFailure.BackupFailed, statement);

    /// <summary>Prepares the first statement of a text, for who judges SQLite's result codes.</summary>
    /// <param name="connection">The connection that it runs on.</param>
    /// <param name="sql">The text.</param>
    /// <param name="statement">The statement: with no text to run where it is but a comment, and after an error.</param>
    /// <param name="rest">What comes after it.</param>
    /// <returns>SQLite's result code.</returns>
    public static int Prepare(sqlite3 connection, ReadOnlySpan<byte> sql, out SqliteStatement statement, out ReadOnlySpan<byte> rest)
    {
        int code = raw.sqlite3_prepare_v2(connection, sql, out sqlite3_stmt prepared, out rest);
        statement = new SqliteStatement(connection, prepared);
        return code;
    }

    /// <summary>Whether there is nothing to run: a comment, or a statement that could not be prepared.</summary>
    public bool IsEmpty => _statement.IsInvalid;

    /// <summary>Whether it writes nothing (https://sqlite.org/c3ref/stmt_readonly.html).</summary>
    public bool IsReadOnly => raw.sqlite3_stmt_readonly(_statement) != 0;

    /// <summary>The names of its columns.</summary>
    public IReadOnlyList<string> Columns =>
        [.. Enumerable.Range(0, raw.sqlite3_column_count(_statement)).Select(column => raw.sqlite3_column_name(_statement, column).utf8_to_string())];

    /// <summary>Its rows, where there are many.</summary>
    public NativeRow Row => new(_statement);

    /// <summary>Gives its one argument, a text in UTF-8.</summary>
    public SqliteStatement With(ReadOnlySpan<byte> argument)
    {
        SqliteErrors.Check(raw.sqlite3_bind_text(_statement, 1, argument), _connection, _failure, _path);
        return this;
    }

    /// <summary>Goes to the next row; false after the last, however often.</summary>
    /// <exception cref="SqliteBackupException">The database can't be read.</exception>
    public bool Read()
    {
        if (_isDone)
        {
            return false;
        }

        int code = Step();
        SqliteErrors.Check(code, _connection, _failure, _path);
        _isDone = code == raw.SQLITE_DONE;
        return !_isDone;
    }

    /// <summary>Goes to the next row, for who judges SQLite's result codes.</summary>
    /// <returns>SQLite's result code.</returns>
    public int Step() => raw.sqlite3_step(_statement);

    /// <summary>The type of a value of the current row, as a number of SQLite's.</summary>
    public int TypeOf(int column) => raw.sqlite3_column_type(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public double Real(int column) => raw.sqlite3_column_double(_statement, column);

    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>The bytes of a text in UTF-8, valid or not.</summary>
    public ReadOnlySpan<byte> Utf8(int column)
    {
        // Asking for the text first makes UTF-8 of it.
        _ = raw.sqlite3_column_text(_statement, column);
        return Bytes(column);
    }

    public bool SameRow(SqliteStatement other)
    {
        int columns = raw.sqlite3_column_count(_statement);
        for (int column = 0; column < columns; column++)
        {
            if (!SameValue(other, column))
            {
                return false;
            }
        }

        return true;
    }

    public bool SameValue(SqliteStatement other, int column)
    {
        int type = TypeOf(column);
        return type == other.TypeOf(column) && type switch
        {
            raw.SQLITE_INTEGER => Integer(column) == other.Integer(column),
            raw.SQLITE_FLOAT => Bits(column) == other.Bits(column),

            // As a blob, a text is its bytes, also behind a zero character.
            raw.SQLITE_TEXT or raw.SQLITE_BLOB => Bytes(column).SequenceEqual(other.Bytes(column)),
            _ => true,
        };
    }

    public void Dispose() => _statement.Dispose();

    private long Bits(int column) => BitConverter.DoubleToInt64Bits(Real(column));
}
