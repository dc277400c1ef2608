using System.Buffers;
using System.Text;

namespace SqliteBackup.Sql;

/// <summary>Where in a statement a text stands.</summary>
internal sealed class StatementState
{
    // What means something in a statement that makes no trigger.
    private static readonly SearchValues<byte> Marks = SearchValues.Create(";'\"`[-*"u8);

    private readonly StringBuilder _word = new();
    private Place _place;
    private Kind _kind;
    private byte _quote;
    private byte _last;

    private enum Place
    {
        Code,
        Quotes,
        LineComment,
        BlockComment,
    }

    // How far a statement shows that it makes a trigger, whose body holds statements of its own and ends with END.
    private enum Kind
    {
        Start,
        Explain,
        Create,
        Plain,
        Trigger,
        TriggerSemicolon,
        TriggerEnd,
    }

    /// <summary>What ends a statement that lacks its semicolon: that alone, or after what closes a comment.</summary>
    public static string EndOf(ReadOnlySpan<byte> statement)
    {
        var state = new StatementState();
        while (!statement.IsEmpty)
        {
            statement = statement[state.Feed(statement, out _)..];
        }

        return state._place switch
        {
            Place.LineComment => "\n;",
            Place.BlockComment => "*/;",
            _ => ";",
        };
    }

    /// <summary>Begins a statement.</summary>
    public void Reset()
    {
        _word.Clear();
        _place = Place.Code;
        _kind = Kind.Start;
        _last = 0;
    }

    /// <summary>Takes what follows, up to the end of the statement.</summary>
    /// <param name="text">The bytes that follow.</param>
    /// <param name="ends">Whether the last byte taken ends the statement.</param>
    /// <returns>How many bytes were taken.</returns>
    public int Feed(ReadOnlySpan<byte> text, out bool ends)
    {
        ends = false;
        int at = 0;
        while (at < text.Length && !ends)
        {
            int skipped = Skip(text[at..]);
            if (skipped > 0)
            {
                _last = text[at + skipped - 1];
                at += skipped;
            }

            if (at < text.Length)
            {
                ends = Feed(text[at++]);
            }
        }

        return at;
    }

    // How many bytes mean nothing where they stand.
    private int Skip(ReadOnlySpan<byte> text)
    {
        int at = _place switch
        {
            Place.Quotes => text.IndexOf(_quote),
            Place.LineComment => text.IndexOf((byte)'\n'),
            Place.BlockComment => text.IndexOf((byte)'/'),
            _ when _kind == Kind.Plain => text.IndexOfAny(Marks),
            _ => 0,
        };
        return at < 0 ? text.Length : at;
    }

    private bool Feed(byte value)
    {
        Place before = _place;
        bool ends = _place switch
        {
            Place.Code => FeedCode(value),
            Place.Quotes => LeaveIf(value == _quote),
            Place.LineComment => LeaveIf(value == '\n'),
            _ => LeaveIf(_last == '*' && value == '/'),
        };

        // The star that opens a comment does not close it.
        _last = before != _place ? (byte)0 : value;
        return ends;
    }

    private bool LeaveIf(bool isOver)
    {
        _place = isOver ? Place.Code : _place;
        return false;
    }

    private bool FeedCode(byte value)
    {
        if (char.IsAsciiLetterOrDigit((char)value) || value == '_' || value >= 0x80)
        {
            // Only the keywords below matter, and the longest has nine letters.
            if (_word.Length < 16)
            {
                _word.Append((char)value);
            }

            return false;
        }

        EndWord();
        switch (value)
        {
            case (byte)';':
                return EndsStatement();
            case (byte)'\'' or (byte)'"' or (byte)'`':
                Enter(Place.Quotes, value);
                break;
            case (byte)'[':
                Enter(Place.Quotes, (byte)']');
                break;
            case (byte)'-' when _last == '-':
                _place = Place.LineComment;
                break;
            case (byte)'*' when _last == '/':
                _place = Place.BlockComment;
                break;
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'-' or (byte)'/':
                break;
            default:
                Token("");
                break;
        }

        return false;
    }

    private void Enter(Place place, byte quote)
    {
        Token("");
        _place = place;
        _quote = quote;
    }

    private void EndWord()
    {
        if (_word.Length > 0)
        {
            Token(_word.ToString().ToUpperInvariant());
            _word.Clear();
        }
    }

    private void Token(string word) => _kind = (_kind, word) switch
    {
        (Kind.Start, "EXPLAIN") => Kind.Explain,
        (Kind.Explain, "QUERY" or "PLAN") => Kind.Explain,
        (Kind.Start or Kind.Explain, "CREATE") => Kind.Create,
        (Kind.Create, "TEMP" or "TEMPORARY") => Kind.Create,
        (Kind.Create, "TRIGGER") => Kind.Trigger,
        (Kind.TriggerSemicolon, "END") => Kind.TriggerEnd,
        (Kind.Trigger or Kind.TriggerSemicolon or Kind.TriggerEnd, _) => Kind.Trigger,
        _ => Kind.Plain,
    };

    private bool EndsStatement()
    {
        switch (_kind)
        {
            case Kind.Trigger or Kind.TriggerSemicolon:
                _kind = Kind.TriggerSemicolon;
                return false;
            default:
                return true;
        }
    }
}
