using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SqliteBackup.Repository;

/// <summary>A SHA-256: the name of everything in a repository. Of a blob it is the hash of the plain bytes, of a file that of the stored ones.</summary>
[JsonConverter(typeof(HashIdJson))]
public readonly record struct HashId : IComparable<HashId>
{
    /// <summary>Bytes in a hash.</summary>
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes the bytes of a hash.</summary>
    /// <param name="hash">32 bytes.</param>
    public HashId(ReadOnlySpan<byte> hash)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(hash[..Size]);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>Hashes bytes.</summary>
    public static HashId Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(bytes, hash);
        return new HashId(hash);
    }

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <param name="text">The digits.</param>
    /// <param name="id">What they say.</param>
    /// <returns>Whether they are that.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out HashId id)
    {
        Span<byte> utf8 = stackalloc byte[2 * Size];
        id = default;
        return text.Length == utf8.Length && System.Text.Ascii.FromUtf16(text, utf8, out _) == System.Buffers.OperationStatus.Done && TryParse(utf8, out id);
    }

    /// <summary>Whether the bytes of a hash come earlier than another's.</summary>
    public static bool operator <(HashId left, HashId right) => left.CompareTo(right) < 0;

    /// <summary>Whether the bytes of a hash come later than another's.</summary>
    public static bool operator >(HashId left, HashId right) => left.CompareTo(right) > 0;

    /// <summary>Whether the bytes of a hash come earlier than another's, or are the same.</summary>
    public static bool operator <=(HashId left, HashId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the bytes of a hash come later than another's, or are the same.</summary>
    public static bool operator >=(HashId left, HashId right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(HashId other)
    {
        Span<byte> mine = stackalloc byte[Size];
        Span<byte> others = stackalloc byte[Size];
        CopyTo(mine);
        other.CopyTo(others);
        return mine.SequenceCompareTo(others);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(destination[..Size]);
        (words[0], words[1], words[2], words[3]) = (_a, _b, _c, _d);
    }

    /// <summary>The first of its bits: as random as any.</summary>
    public override int GetHashCode() => (int)_a;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(2 * Size, this, static (characters, id) =>
    {
        Span<byte> utf8 = stackalloc byte[2 * Size];
        id.Format(utf8);
        System.Text.Encoding.ASCII.GetChars(utf8, characters);
    });

    internal byte FirstByte => (byte)_a;

    internal static bool TryParse(ReadOnlySpan<byte> utf8, out HashId id)
    {
        Span<byte> hash = stackalloc byte[Size];
        id = default;
        if (utf8.Length != 2 * Size)
        {
            return false;
        }

        for (int i = 0; i < Size; i++)
        {
            int value = (Digit(utf8[2 * i]) << 4) | Digit(utf8[(2 * i) + 1]);
            if (value < 0)
            {
                return false;
            }

            hash[i] = (byte)value;
        }

        id = new HashId(hash);
        return true;
    }

    /// <summary>Whether its digits begin with these, in lower case.</summary>
    internal bool StartsWith(ReadOnlySpan<char> digits)
    {
        Span<byte> hash = stackalloc byte[Size];
        CopyTo(hash);
        for (int i = 0; i < digits.Length; i++)
        {
            int half = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
            if (half != Digit((byte)digits[i]))
            {
                return false;
            }
        }

        return true;
    }

    internal void Format(Span<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[Size];
        CopyTo(hash);
        for (int i = 0; i < Size; i++)
        {
            utf8[2 * i] = "0123456789abcdef"u8[hash[i] >> 4];
            utf8[(2 * i) + 1] = "0123456789abcdef"u8[hash[i] & 15];
        }
    }

    private static int Digit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}

internal sealed class HashIdJson : JsonConverter<HashId>
{
    public override HashId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        HashId.TryParse(reader.GetString(), out HashId id) ? id : throw new JsonException("No SHA-256.");

    public override void Write(Utf8JsonWriter writer, HashId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
