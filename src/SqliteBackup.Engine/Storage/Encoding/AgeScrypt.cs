using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;

namespace SqliteBackup.Storage.Encoding;

/// <summary>How age wraps a file's key with a passphrase.</summary>
internal static class AgeScrypt
{
    /// <summary>The type of its stanzas.</summary>
    public const string StanzaType = "scrypt";

    /// <summary>The logarithm of scrypt's N that age itself takes: about a second and 256 MB.</summary>
    public const int DefaultWorkFactor = 18;

    // 1 GB. A file that asks for more was made to use this machine up.
    private const int MaxWorkFactor = 20;

    private const string Label = "age-encryption.org/v1/scrypt";
    private const int SaltBytes = 16;
    private const int BlockSize = 8;

    /// <summary>Wraps a file's key.</summary>
    public static AgeStanza Wrap(ReadOnlySpan<byte> fileKey, string passphrase, int workFactor)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        using AgeCipher cipher = CipherOf(passphrase, salt, workFactor);
        byte[] body = new byte[fileKey.Length + AgeCipher.TagBytes];
        cipher.Seal(new byte[AgeCipher.NonceBytes], fileKey, body);
        return new AgeStanza(StanzaType, [AgeText.Encode(salt), workFactor.ToString(CultureInfo.InvariantCulture)], body);
    }

    /// <summary>The file's key, or null where the passphrase is another.</summary>
    /// <exception cref="InvalidDataException">The stanza is damaged, or asks for more than 1 GB of memory.</exception>
    public static byte[]? Unwrap(AgeStanza stanza, string passphrase)
    {
        if (stanza.Arguments is not [string saltText, string factorText]
            || AgeText.Decode(saltText) is not { Length: SaltBytes } salt
            || !int.TryParse(factorText, NumberStyles.None, CultureInfo.InvariantCulture, out int workFactor)
            || factorText.StartsWith('0')
            || stanza.Body.Length != AgeHeader.FileKeyBytes + AgeCipher.TagBytes)
        {
            throw new InvalidDataException("its header has a passphrase recipient that is not whole");
        }

        if (workFactor > MaxWorkFactor)
        {
            throw new InvalidDataException($"its header asks for scrypt with a work factor of {workFactor}; more than {MaxWorkFactor} (1 GB of memory) is not done");
        }

        using AgeCipher cipher = CipherOf(passphrase, salt, workFactor);
        byte[] fileKey = new byte[AgeHeader.FileKeyBytes];
        return cipher.TryOpen(new byte[AgeCipher.NonceBytes], stanza.Body, fileKey) ? fileKey : null;
    }

    private static AgeCipher CipherOf(string passphrase, byte[] salt, int workFactor)
    {
        byte[] password = System.Text.Encoding.UTF8.GetBytes(passphrase);
        byte[] key = SCrypt.Generate(
            password, [.. System.Text.Encoding.ASCII.GetBytes(Label), .. salt], 1 << workFactor, BlockSize, 1, AgeCipher.KeyBytes);
        var cipher = new AgeCipher(key);
        CryptographicOperations.ZeroMemory(password);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
