using System.Globalization;
using System.Text;

namespace SqliteBackup.Repository.Format;

/// <summary>
/// Names in a tree are written as Go quotes strings (https://pkg.go.dev/strconv#Quote), without the quotes around, and that again is a
/// string of JSON: so names that are no UTF-8 have a place.
/// </summary>
internal static class GoText
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' or '"' => quoted.Append('\\').Append((char)rune.Value),
                < 0x20 or 0x7F => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ when !IsPrintable(rune) => rune.IsBmp
                    ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}")
                    : quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
                _ => quoted.Append(rune),
            };
        }

        return quoted.ToString();
    }

    /// <summary>The text; what is no UTF-8 in it is replaced, what is no quoting stays.</summary>
    public static string Unquote(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal))
        {
            return quoted;
        }

        var bytes = new List<byte>(quoted.Length);
        for (int i = 0; i < quoted.Length;)
        {
            int length = quoted[i] == '\\' ? Escape(quoted.AsSpan(i), bytes) : 0;
            if (length == 0)
            {
                length = char.IsSurrogatePair(quoted, Math.Min(i, quoted.Length - 2)) && i < quoted.Length - 1 ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(quoted, i, length));
            }

            i += length;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && (rune.Value == ' ' || Rune.GetUnicodeCategory(rune) != UnicodeCategory.SpaceSeparator);

    // How many characters an escape has; 0 where it is none.
    private static int Escape(ReadOnlySpan<char> text, List<byte> bytes)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        int simple = @"abfnrtv\""".IndexOf(text[1], StringComparison.Ordinal);
        if (simple >= 0)
        {
            bytes.Add("\a\b\f\n\r\t\v\\\""u8[simple]);
            return 2;
        }

        int digits = text[1] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0 || text.Length < 2 + digits
            || !uint.TryParse(text.Slice(2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
        {
            return 0;
        }

        if (digits == 2)
        {
            bytes.Add((byte)value);
        }
        else if (Rune.TryCreate(value, out Rune rune))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }

        return 2 + digits;
    }
}
