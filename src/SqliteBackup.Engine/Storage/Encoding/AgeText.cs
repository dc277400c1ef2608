namespace SqliteBackup.Storage.Encoding;

/// <summary>Base64 as age has it: no padding, and one text for the same bytes.</summary>
internal static class AgeText
{
    /// <summary>Bytes as text.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>The bytes of a text, or null where it is not what <see cref="Encode"/> makes of any.</summary>
    public static byte[]? Decode(string text)
    {
        string padded = text + new string('=', (4 - (text.Length % 4)) % 4);
        byte[] bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out int count) && Encode(bytes.AsSpan(0, count)) == text ? bytes[..count] : null;
    }
}
