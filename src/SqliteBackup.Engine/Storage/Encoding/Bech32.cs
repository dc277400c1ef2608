using System.Diagnostics.CodeAnalysis;

namespace SqliteBackup.Storage.Encoding;

/// <summary>The text form of age's keys: bech32 (BIP 173) without its limit on length.</summary>
internal static class Bech32
{
    private const string Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumDigits = 6;
    private const int DigitBits = 5;

    private static ReadOnlySpan<uint> Generator => [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3];

    /// <summary>Bytes as text, all lower-case.</summary>
    /// <param name="prefix">What it begins with, lower-case.</param>
    /// <param name="data">The bytes.</param>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        List<byte> values = Regroup(data, 8, DigitBits, pad: true)!;
        uint checksum = Checksum(prefix, [.. values, .. new byte[ChecksumDigits]]) ^ 1;
        for (int i = ChecksumDigits - 1; i >= 0; i--)
        {
            values.Add((byte)((checksum >> (DigitBits * i)) & 31));
        }

        return prefix + "1" + string.Concat(values.Select(value => Digits[value]));
    }

    /// <summary>Whether a text is whole bech32, and what is in it.</summary>
    /// <param name="text">The text: all lower-case or all upper-case.</param>
    /// <param name="prefix">What it begins with, lower-case.</param>
    /// <param name="data">The bytes.</param>
    public static bool TryDecode(string text, [NotNullWhen(true)] out string? prefix, [NotNullWhen(true)] out byte[]? data)
    {
        prefix = null;
        data = null;
        string lower = text.ToLowerInvariant();
        int one = lower.LastIndexOf('1');
        if (one < 1 || lower.Length - one - 1 < ChecksumDigits || (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper)))
        {
            return false;
        }

        int[] digits = [.. lower[(one + 1)..].Select(digit => Digits.IndexOf(digit, StringComparison.Ordinal))];
        byte[] values = [.. digits.Select(digit => (byte)Math.Max(digit, 0))];
        if (digits.Contains(-1) || Checksum(lower[..one], values) != 1
            || Regroup(values.AsSpan(0, values.Length - ChecksumDigits), DigitBits, 8, pad: false) is not List<byte> bytes)
        {
            return false;
        }

        prefix = lower[..one];
        data = [.. bytes];
        return true;
    }

    private static uint Checksum(string prefix, byte[] values)
    {
        uint checksum = 1;
        foreach (int value in prefix.Select(letter => letter >> DigitBits).Append(0).Concat(prefix.Select(letter => letter & 31)).Concat(values.Select(value => (int)value)))
        {
            uint top = checksum >> 25;
            checksum = ((checksum & 0x1FFFFFF) << DigitBits) ^ (uint)value;
            for (int i = 0; i < Generator.Length; i++)
            {
                checksum ^= ((top >> i) & 1) == 1 ? Generator[i] : 0;
            }
        }

        return checksum;
    }

    // Null where what is left over is not zero or more than it may be: two texts must not mean one key.
    private static List<byte>? Regroup(ReadOnlySpan<byte> values, int from, int to, bool pad)
    {
        var result = new List<byte>();
        int left = 0;
        int bits = 0;
        foreach (byte value in values)
        {
            left = ((left << from) | value) & 0xFFF;
            bits += from;
            while (bits >= to)
            {
                bits -= to;
                result.Add((byte)((left >> bits) & ((1 << to) - 1)));
            }
        }

        int rest = left & ((1 << bits) - 1);
        if (pad && bits > 0)
        {
            result.Add((byte)((rest << (to - bits)) & ((1 << to) - 1)));
        }

        return pad || (bits < from && rest == 0) ? result : null;
    }
}
