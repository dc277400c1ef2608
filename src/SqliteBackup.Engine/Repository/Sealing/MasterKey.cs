using System.Security.Cryptography;

namespace SqliteBackup.Repository.Sealing;

/// <summary>
/// The three keys that seal: one for AES-256, and the two of Poly1305-AES. Of a repository, or derived from a password
/// (https://restic.readthedocs.io/en/stable/100_references.html, "Keys, Encryption and MAC").
/// </summary>
internal sealed class MasterKey(byte[] encrypt, byte[] macKey, byte[] macFactor)
{
    /// <summary>Bytes in the three keys.</summary>
    public const int Size = 64;

    /// <summary>The key of AES-256: 32 bytes.</summary>
    public byte[] Encrypt { get; } = Sized(encrypt, 32);

    /// <summary>Poly1305-AES's k: 16 bytes.</summary>
    public byte[] MacKey { get; } = Sized(macKey, 16);

    /// <summary>Poly1305-AES's r: 16 bytes, clamped when it is used.</summary>
    public byte[] MacFactor { get; } = Sized(macFactor, 16);

    /// <summary>A new key.</summary>
    public static MasterKey CreateRandom() => FromBytes(RandomNumberGenerator.GetBytes(Size));

    /// <summary>The keys that 64 derived bytes stand for.</summary>
    public static MasterKey FromBytes(ReadOnlySpan<byte> bytes) => new(bytes[..32].ToArray(), bytes[32..48].ToArray(), bytes[48..Size].ToArray());

    private static byte[] Sized(byte[] key, int size) =>
        key.Length == size ? key : throw new CryptographicException($"A key of {key.Length} bytes, where one of {size} is needed.");
}
