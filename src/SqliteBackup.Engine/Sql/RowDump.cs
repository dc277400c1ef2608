using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>Writes the rows of tables, each as a statement.</summary>
/// <remarks>
/// What is done for each value is compiled at its best at once, here, in <see cref="SqlLiteral"/> and in <see cref="RealText"/>: a first
/// export would else run through most of its rows in code that the runtime has yet to compile again.
/// </remarks>
internal sealed class RowDump
{
    private readonly sqlite3 _connection;
    private readonly string _path;
    private readonly Action<ReadOnlyMemory<byte>> _write;
    private readonly CancellationToken _cancellationToken;
    private readonly ArrayBufferWriter<byte> _statement = new();
    private readonly SqlLiteral _literal;
    private readonly int _mostColumns;

    public RowDump(sqlite3 connection, string path, Action<ReadOnlyMemory<byte>> write, CancellationToken cancellationToken)
    {
        (_connection, _path, _write, _cancellationToken) = (connection, path, write, cancellationToken);
        _literal = new SqlLiteral(_statement);
        _mostColumns = raw.sqlite3_limit(connection, raw.SQLITE_LIMIT_COLUMN, -1);
    }

    /// <summary>Rows written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a table's rows, with the rowids that no column shows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="onlyNames">What its first column has to be, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(DumpTable table, IReadOnlyCollection<string>? onlyNames = null)
    {
        if (table.RowId is not null && table.Columns.Count >= _mostColumns)
        {
            WriteWide(table, table.RowId);
            return;
        }

        IReadOnlyList<string> columns = table.RowId is null ? table.Columns : [table.RowId, .. table.Columns];
        byte[] head = Head(table, columns, table.RowId is not null || table.HasGenerated);
        using SqliteStatement rows = Select(table, columns);
        NativeRow row = rows.Row;
        while (Step(row))
        {
            if (onlyNames?.Contains(RawText.Of(rows, 0)) != false)
            {
                WriteRow(head, row, columns.Count);
            }
        }
    }

    // With its rowid, a table of as many columns as SQLite takes has one too many. A new row's rowid is the one after the last, and is
    // changed where it was another: never to one that is taken, as rows come in the order of their rowids.
    private void WriteWide(DumpTable table, string rowId)
    {
        byte[] head = Head(table, table.Columns, table.HasGenerated);
        long next = 1;
        using SqliteStatement rows = Select(table, table.Columns);
        using SqliteStatement ids = Select(table, [rowId]);
        NativeRow row = rows.Row;
        while (Step(row) && ids.Read())
        {
            WriteRow(head, row, table.Columns.Count);
            long id = ids.Integer(0);
            if (id != next)
            {
                _write(RawText.Bytes(string.Create(
                    CultureInfo.InvariantCulture, $"UPDATE {RawText.Name(table.Name)} SET {rowId}={id} WHERE {rowId}=last_insert_rowid();")));
            }

            next = unchecked(id + 1);
        }
    }

    private static byte[] Head(DumpTable table, IReadOnlyList<string> columns, bool isNamed) => RawText.Bytes(
        isNamed ? $"INSERT INTO {RawText.Name(table.Name)}({string.Join(',', columns)}) VALUES(" : $"INSERT INTO {RawText.Name(table.Name)} VALUES(");

    // In the order in which the table is stored, which an index would change.
    private SqliteStatement Select(DumpTable table, IReadOnlyList<string> columns) =>
        new(_connection, _path, RawText.Bytes($"SELECT {string.Join(',', columns)} FROM {RawText.Name(table.Name)} NOT INDEXED"));

    private bool Step(NativeRow row)
    {
        int code = row.Step();
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        SqliteErrors.Check(code, _connection, BackupFailure.BackupFailed, _path);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteRow(byte[] head, NativeRow row, int columns)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _statement.ResetWrittenCount();
        _statement.Write(head);
        for (int i = 0; i < columns; i++)
        {
            if (i > 0)
            {
                _statement.Write(","u8);
            }

            Append(row[i]);
        }

        _statement.Write(");"u8);
        _write(_statement.WrittenMemory);
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Append(NativeRow.Value value)
    {
        try
        {
            _literal.Append(value);
        }
        catch (InsufficientMemoryException exception)
        {
            throw new SqliteBackupException(
                BackupFailure.BackupFailed, _path, $"'{_path}' has a value that there is no memory for. Free some, or leave its table out.", raw.SQLITE_NOMEM, exception);
        }
    }
}
