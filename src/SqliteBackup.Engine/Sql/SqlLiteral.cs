using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sql;

/// <summary>Writes values as SQL literals (https://sqlite.org/lang_expr.html#literal_values) that any SQLite reads back to the same value.</summary>
/// <param name="target">Where to.</param>
internal sealed class SqlLiteral(ArrayBufferWriter<byte> target)
{
    private const int MaxOfInteger = 20;

    // Two digits for each byte, as they follow each other in memory. The framework's hex is as fast only after it was compiled twice.
    private static readonly ushort[] HexDigits =
        [.. Enumerable.Range(0, 256).Select(value => BinaryPrimitives.ReadUInt16LittleEndian(Encoding.ASCII.GetBytes($"{value:X2}")))];

    private readonly RealText _reals = new();

    /// <summary>Appends a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(NativeRow.Value value)
    {
        switch (value.Type)
        {
            case raw.SQLITE_INTEGER:
                _ = Utf8Formatter.TryFormat(value.Integer, target.GetSpan(MaxOfInteger), out int length);
                target.Advance(length);
                break;
            case raw.SQLITE_FLOAT:
                AppendReal(value.Real);
                break;
            case raw.SQLITE_TEXT:
                AppendText(value.Text);
                break;
            case raw.SQLITE_BLOB:
                AppendBlob(value.Blob);
                break;
            default:
                target.Write("NULL"u8);
                break;
        }
    }

    /// <summary>Appends a real.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AppendReal(double value)
    {
        int length = _reals.Write(value, target.GetSpan(RealText.MaxBytes));
        if (length > 0)
        {
            target.Advance(length);
        }
        else
        {
            target.Write(Encoding.ASCII.GetBytes(RealText.Exact(value)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AppendBlob(ReadOnlySpan<byte> bytes)
    {
        target.Write("X'"u8);
        const int Chunk = 1 << 14;
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, Chunk)];
            Span<byte> text = target.GetSpan(2 * part.Length);
            for (int i = 0; i < part.Length; i++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(text[(2 * i)..], HexDigits[part[i]]);
            }

            target.Advance(2 * part.Length);
            bytes = bytes[part.Length..];
        }

        target.Write("'"u8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AppendText(ReadOnlySpan<byte> text)
    {
        // A reader that decodes would put something else there.
        if (!Utf8.IsValid(text))
        {
            target.Write("CAST("u8);
            AppendBlob(text);
            target.Write(" AS TEXT)"u8);
            return;
        }

        // SQL text can't hold a NUL, and a reader of lines would drop a carriage return at the end of one.
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
}
