using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>Reads the rows of a statement one after the other, their values as they are stored.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly string _path;
    private readonly sqlite3_stmt _statement;
    private bool _isDone;

    /// <exception cref="SqliteBackupException">The statement can't be prepared.</exception>
    public SqliteStatement(sqlite3 connection, string path, string sql)
    {
        _connection = connection;
        _path = path;
        int code = raw.sqlite3_prepare_v2(connection, sql, out _statement);
        if (code != raw.SQLITE_OK)
        {
            _statement.Dispose();
            throw SqliteErrors.Failed(connection, code, BackupFailure.SourceOpenFailed, path);
        }
    }

    /// <summary>Goes to the next row; false after the last, however often.</summary>
    /// <exception cref="SqliteBackupException">The database can't be read.</exception>
    public bool Read()
    {
        if (_isDone)
        {
            return false;
        }

        int code = raw.sqlite3_step(_statement);
        SqliteErrors.Check(code, _connection, BackupFailure.SourceOpenFailed, _path);
        _isDone = code == raw.SQLITE_DONE;
        return !_isDone;
    }

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

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
        int type = raw.sqlite3_column_type(_statement, column);
        return type == raw.sqlite3_column_type(other._statement, column) && type switch
        {
            raw.SQLITE_INTEGER => raw.sqlite3_column_int64(_statement, column) == raw.sqlite3_column_int64(other._statement, column),
            raw.SQLITE_FLOAT => Bits(column) == other.Bits(column),

            // As a blob, a text is its bytes, also behind a zero character.
            raw.SQLITE_TEXT or raw.SQLITE_BLOB => Bytes(column).SequenceEqual(other.Bytes(column)),
            _ => true,
        };
    }

    public void Dispose() => _statement.Dispose();

    private long Bits(int column) => BitConverter.DoubleToInt64Bits(raw.sqlite3_column_double(_statement, column));

    private ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);
}
