using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace SqliteBackup.Storage.Encoding;

/// <summary>How age wraps a file's key for a public key.</summary>
internal static class AgeX25519
{
    /// <summary>The type of its stanzas.</summary>
    public const string StanzaType = "X25519";

    private const string Label = "age-encryption.org/v1/X25519";

    /// <summary>The public key of a secret one.</summary>
    public static byte[] PublicKeyOf(byte[] secretKey)
    {
        byte[] publicKey = new byte[X25519.PointSize];
        X25519.GeneratePublicKey(secretKey, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>Wraps a file's key with a secret key made for this one file.</summary>
    public static AgeStanza Wrap(ReadOnlySpan<byte> fileKey, byte[] ephemeral, byte[] recipient)
    {
        byte[] share = PublicKeyOf(ephemeral);
        using AgeCipher cipher = CipherOf(ephemeral, recipient, share, recipient)
            ?? throw new CryptographicException("The recipient's key is one that no key pair has.");
        byte[] body = new byte[fileKey.Length + AgeCipher.TagBytes];
        cipher.Seal(new byte[AgeCipher.NonceBytes], fileKey, body);
        return new AgeStanza(StanzaType, [AgeText.Encode(share)], body);
    }

    /// <summary>The file's key, or null where the stanza was made for somebody else.</summary>
    /// <exception cref="InvalidDataException">The stanza is damaged.</exception>
    public static byte[]? Unwrap(AgeStanza stanza, byte[] secretKey, byte[] publicKey)
    {
        if (stanza.Arguments is not [string argument]
            || AgeText.Decode(argument) is not { Length: X25519.PointSize } share
            || stanza.Body.Length != AgeHeader.FileKeyBytes + AgeCipher.TagBytes)
        {
            throw new InvalidDataException("its header has a recipient that is not whole");
        }

        using AgeCipher? cipher = CipherOf(secretKey, share, share, publicKey);
        byte[] fileKey = new byte[AgeHeader.FileKeyBytes];
        return cipher?.TryOpen(new byte[AgeCipher.NonceBytes], stanza.Body, fileKey) == true ? fileKey : null;
    }

    // Null for a point of small order, whose shared secret everybody knows.
    private static AgeCipher? CipherOf(byte[] secretKey, byte[] point, byte[] share, byte[] recipient)
    {
        byte[] shared = new byte[X25519.PointSize];
        if (!X25519.CalculateAgreement(secretKey, 0, point, 0, shared, 0))
        {
            return null;
        }

        byte[] key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, shared, AgeCipher.KeyBytes, [.. share, .. recipient], System.Text.Encoding.ASCII.GetBytes(Label));
        var cipher = new AgeCipher(key);
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
