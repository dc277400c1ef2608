using System.Buffers;

namespace SqliteBackup.Sql;

/// <summary>
/// Cuts SQL text into statements, as it is read: a semicolon ends one, unless it stands in quotes, in a comment or inside a trigger. The rules
/// are those of <c>sqlite3_complete</c> (https://sqlite.org/c3ref/complete.html), applied once to each byte.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="maxBytes">The longest statement that is read: a compressed file of few bytes can hold one that no memory can.</param>
internal sealed class StatementReader(Stream text, int maxBytes)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly ArrayBufferWriter<byte> _statement = new();
    private readonly StatementState _state = new();
    private int _at;
    private int _length;
    private long _line = 1;
    private bool _isFirst = true;

    /// <summary>The statement, without the white space before it.</summary>
    public ReadOnlySpan<byte> Statement => _statement.WrittenSpan;

    /// <summary>The line on which it begins, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Whether the statement was ended, and not only cut off by the end of the text.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads the next statement.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidDataException">A statement is longer than is allowed.</exception>
    public bool Read()
    {
        _statement.ResetWrittenCount();
        _state.Reset();
        IsComplete = false;
        while (!IsComplete && Fill())
        {
            Take();
            if (_statement.WrittenCount > maxBytes)
            {
                throw new InvalidDataException($"The statement at line {Line:N0} is longer than the {maxBytes:N0} bytes that SQLite takes, or that a compressed file of this size can be trusted with. If you trust it, decompress it and import the result.");
            }
        }

        return _statement.WrittenCount > 0;
    }

    private bool Fill()
    {
        if (_at < _length)
        {
            return true;
        }

        _at = 0;
        _length = text.Read(_buffer);
        if (_isFirst && _buffer.AsSpan(0, _length).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _at = 3;
        }

        _isFirst = false;
        return _length > 0;
    }

    // Takes what is in the buffer, up to the end of the statement.
    private void Take()
    {
        while (_statement.WrittenCount == 0 && _at < _length && IsSpace(_buffer[_at]))
        {
            _line += _buffer[_at++] == '\n' ? 1 : 0;
        }

        if (_statement.WrittenCount == 0)
        {
            Line = _line;
        }

        ReadOnlySpan<byte> rest = _buffer.AsSpan(_at, _length - _at);
        ReadOnlySpan<byte> taken = rest[.._state.Feed(rest, out bool ends)];
        IsComplete = ends;
        _at += taken.Length;
        _line += taken.Count((byte)'\n');
        _statement.Write(taken);
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f';
}
