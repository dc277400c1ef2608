using System.Buffers;
using System.Globalization;
using System.Text;
using SQLitePCL;

namespace SqliteBackup.Engine.SqlText;

/// <summary>Writes values as SQL literals (https://sqlite.org/lang_expr.html#literal_values) that any SQLite reads back to the same value.</summary>
internal sealed class SqlLiteral : IDisposable
{
    // An integer of so many digits is a real without rounding, and so is its quotient by a power of ten that is one itself.
    private const int SafeDigits = 15;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _parse;

    public SqlLiteral(sqlite3 connection, string path)
    {
        _connection = connection;
        SqliteErrors.Check(
            raw.sqlite3_prepare_v2(connection, "SELECT CAST(? AS REAL)", out _parse), connection, BackupFailure.BackupFailed, path);
    }

    /// <summary>A name in double quotes.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Appends the value of a column of the current row.</summary>
    public void Append(ArrayBufferWriter<byte> target, sqlite3_stmt row, int column)
    {
        switch (raw.sqlite3_column_type(row, column))
        {
            case raw.SQLITE_INTEGER:
                target.Write(Encoding.ASCII.GetBytes(raw.sqlite3_column_int64(row, column).ToString(CultureInfo.InvariantCulture)));
                break;
            case raw.SQLITE_FLOAT:
                target.Write(Encoding.ASCII.GetBytes(Real(raw.sqlite3_column_double(row, column))));
                break;
            case raw.SQLITE_TEXT:
                // Asking for the text first makes UTF-8 of it; its bytes are then taken as they are, with NULs and all.
                _ = raw.sqlite3_column_text(row, column);
                AppendText(target, raw.sqlite3_column_blob(row, column));
                break;
            case raw.SQLITE_BLOB:
                AppendBlob(target, raw.sqlite3_column_blob(row, column));
                break;
            default:
                target.Write("NULL"u8);
                break;
        }
    }

    public void Dispose() => _parse.Dispose();

    /// <summary>A real to its last bit, whatever the reader's decimal conversion is worth.</summary>
    internal string Real(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "1e999" : "-1e999";
        }

        string text = Decimal(value, "R");

        // SQLite before 3.43 rounds twice: what is not exact at once needs digits enough to be far from the middle between two reals.
        if (text.Count(char.IsAsciiDigit) > SafeDigits || Math.Abs(value) is (< 1e-15 or > 1e22) and not 0)
        {
            text = Decimal(value, "G19");
        }

        return Math.Abs(value) is (>= 1e-280 and <= 1e280) or 0 && Parse(text) == value ? text : Exact(value);
    }


    private static string Decimal(double value, string format)
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    // An integer times a power of two: every step is exact, without decimals.
    internal static string Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        long fraction = bits & 0xFFFFFFFFFFFFF;
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        int power = Math.Max(exponent, 1) - 1075;
        var text = new StringBuilder(value < 0 ? "-" : "").Append(CultureInfo.InvariantCulture, $"({mantissa}.0");
        char operation = power < 0 ? '/' : '*';
        for (int left = Math.Abs(power); left > 0; left -= 62)
        {
            text.Append(CultureInfo.InvariantCulture, $"{operation}{1L << Math.Min(left, 62)}.0");
        }

        return text.Append(')').ToString();
    }

    private static void AppendBlob(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> bytes)
    {
        target.Write("X'"u8);
        const int Chunk = 8192;
        for (int at = 0; at < bytes.Length; at += Chunk)
        {
            target.Write(Encoding.ASCII.GetBytes(Convert.ToHexString(bytes[at..Math.Min(at + Chunk, bytes.Length)])));
        }

        target.Write("'"u8);
    }

    // SQL text can't hold a NUL, and a reader of lines would drop a carriage return at the end of one.
    private static void AppendText(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        bool hasReturn = text.Contains((byte)'\r');
        bool hasNul = text.Contains((byte)0);
        byte[] forReturn = hasReturn ? Unused(text, "\\r"u8) : [];
        byte[] forNul = hasNul ? Unused(text, "\\0"u8) : [];
        target.Write(hasReturn ? "replace("u8 : []);
        target.Write(hasNul ? "replace('"u8 : "'"u8);
        while (text.IndexOfAny((byte)'\'', (byte)'\r', (byte)0) is int at and >= 0)
        {
            target.Write(text[..at]);
            target.Write(text[at] switch
            {
                (byte)'\'' => "''"u8,
                (byte)'\r' => forReturn,
                _ => forNul,
            });
            text = text[(at + 1)..];
        }

        target.Write(text);
        target.Write("'"u8);
        if (hasNul)
        {
            target.Write([.. ",'"u8, .. forNul, .. "',char(0))"u8]);
        }

        if (hasReturn)
        {
            target.Write([.. ",'"u8, .. forReturn, .. "',char(13))"u8]);
        }
    }

    // A word that the text does not have: the wanted one, or that with a number.
    private static byte[] Unused(ReadOnlySpan<byte> text, ReadOnlySpan<byte> wanted)
    {
        byte[] word = wanted.ToArray();
        for (int number = 0; text.IndexOf(word) >= 0; number++)
        {
            word = [.. wanted, .. Encoding.ASCII.GetBytes($"({number})")];
        }

        return word;
    }

    private double Parse(string text)
    {
        raw.sqlite3_bind_text(_parse, 1, text);
        SqliteErrors.Check(raw.sqlite3_step(_parse), _connection, BackupFailure.BackupFailed, "");
        double value = raw.sqlite3_column_double(_parse, 0);
        _ = raw.sqlite3_reset(_parse);
        return value;
    }
}
