using System.Security.Cryptography;
using System.Text;

namespace SqliteBackup.Storage.Encoding;

/// <summary>The head of an age file: the file's key, wrapped for each recipient, and a MAC over it all.</summary>
/// <param name="Stanzas">One for each recipient.</param>
/// <param name="Authenticated">The bytes that the MAC is over.</param>
/// <param name="Mac">The MAC.</param>
internal sealed record AgeHeader(IReadOnlyList<AgeStanza> Stanzas, byte[] Authenticated, byte[] Mac)
{
    /// <summary>Bytes of a file's key.</summary>
    public const int FileKeyBytes = 16;

    /// <summary>The first line of every age file.</summary>
    public const string Version = "age-encryption.org/v1";

    private const string MacMark = "---";
    private const string StanzaMark = "-> ";
    private const int LineLength = 64;

    // Room for a thousand recipients. What has no end is not read into memory.
    private const int MaxBytes = 1 << 18;

    private const string NotAge = "it is not an age file";
    private const string Damaged = "its age header is damaged";

    /// <summary>Whether a file that begins so is an age file.</summary>
    public static bool Begins(ReadOnlySpan<byte> beginning) => beginning.StartsWith("age-encryption.org/v1\n"u8);

    /// <summary>The header of a new file, as bytes.</summary>
    public static byte[] Write(IEnumerable<AgeStanza> stanzas, ReadOnlySpan<byte> fileKey)
    {
        var text = new StringBuilder();
        text.Append(Version).Append('\n');
        foreach (AgeStanza stanza in stanzas)
        {
            text.Append(StanzaMark).AppendJoin(' ', stanza.Arguments.Prepend(stanza.Type)).Append('\n');
            string body = AgeText.Encode(stanza.Body);
            for (int start = 0; start <= body.Length; start += LineLength)
            {
                text.Append(body.AsSpan(start, Math.Min(LineLength, body.Length - start))).Append('\n');
            }
        }

        text.Append(MacMark);
        byte[] authenticated = System.Text.Encoding.ASCII.GetBytes(text.ToString());
        return [.. authenticated, .. System.Text.Encoding.ASCII.GetBytes($" {AgeText.Encode(MacOf(authenticated, fileKey))}\n")];
    }

    /// <summary>Reads a header and leaves the stream at the first byte after it.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is damaged.</exception>
    public static AgeHeader Read(Stream source)
    {
        var lines = new AgeHeaderLines(source, MaxBytes);
        if (lines.Next(NotAge, Version.Length) != Version)
        {
            throw new InvalidDataException(NotAge);
        }

        var stanzas = new List<AgeStanza>();
        string line = lines.Next(Damaged);
        while (line.StartsWith(StanzaMark, StringComparison.Ordinal))
        {
            string[] words = line[StanzaMark.Length..].Split(' ');
            if (words.Contains(""))
            {
                throw new InvalidDataException(Damaged);
            }

            stanzas.Add(new AgeStanza(words[0], words[1..], ReadBody(lines)));
            line = lines.Next(Damaged);
        }

        if (stanzas.Count == 0 || !line.StartsWith(MacMark + " ", StringComparison.Ordinal) || AgeText.Decode(line[(MacMark.Length + 1)..]) is not byte[] mac)
        {
            throw new InvalidDataException(Damaged);
        }

        return new AgeHeader(stanzas, lines.Read[..^(line.Length + 1 - MacMark.Length)], mac);
    }

    /// <summary>Throws unless the header is as it was written with a file's key.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public void ThrowUnlessAuthentic(ReadOnlySpan<byte> fileKey)
    {
        if (!CryptographicOperations.FixedTimeEquals(MacOf(Authenticated, fileKey), Mac))
        {
            throw new InvalidDataException(Damaged);
        }
    }

    private static byte[] ReadBody(AgeHeaderLines lines)
    {
        var body = new StringBuilder();
        string line;
        do
        {
            line = lines.Next(Damaged, LineLength);
            body.Append(line);
        }
        while (line.Length == LineLength);
        return AgeText.Decode(body.ToString()) ?? throw new InvalidDataException(Damaged);
    }

    private static byte[] MacOf(byte[] authenticated, ReadOnlySpan<byte> fileKey)
    {
        byte[] key = new byte[AgeCipher.KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key, [], "header"u8);
        byte[] mac = HMACSHA256.HashData(key, authenticated);
        CryptographicOperations.ZeroMemory(key);
        return mac;
    }
}
