using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SqliteBackup.Storage.Encoding;

/// <summary>The rules of an age file's body: chunks of 64 KiB, each sealed with its number and with whether it is the last.</summary>
internal sealed class AgePayload : IDisposable
{
    /// <summary>Bytes of content in each chunk but the last.</summary>
    public const int ChunkBytes = 1 << 16;

    /// <summary>Bytes of the random number that each body begins with.</summary>
    public const int NonceBytes = 16;

    private readonly AgeCipher _cipher;
    private readonly byte[] _nonce = new byte[AgeCipher.NonceBytes];

    /// <summary>Prepares the body of one file.</summary>
    public AgePayload(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        Span<byte> key = stackalloc byte[AgeCipher.KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key, nonce, "payload"u8);
        _cipher = new AgeCipher(key);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>How many chunks there were so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>Seals the next chunk.</summary>
    public void Seal(ReadOnlySpan<byte> plain, bool last, Span<byte> sealedChunk) => _cipher.Seal(NextNonce(last), plain, sealedChunk);

    /// <summary>Opens the next chunk.</summary>
    /// <returns>Whether it is authentic, in its place, and the last where it should be.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedChunk, bool last, Span<byte> plain) => _cipher.TryOpen(NextNonce(last), sealedChunk, plain);

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _cipher.Dispose();

    // Eleven bytes of counter, most significant first, and one that says that it is the last. 64 bits of counter are 2^80 bytes.
    private byte[] NextNonce(bool last)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_nonce.AsSpan(3), Count++);
        _nonce[^1] = last ? (byte)1 : (byte)0;
        return _nonce;
    }
}
