using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace SqliteBackup.Repository.Sealing;

/// <summary>
/// Seals and unseals: 16 random bytes, the bytes under AES-256-CTR, and a Poly1305-AES of those, in this order. For one thread at a time.
/// </summary>
internal sealed class Sealer(MasterKey key) : IDisposable
{
    /// <summary>Bytes before what is sealed.</summary>
    public const int HeadSize = 16;

    /// <summary>Bytes that a seal adds.</summary>
    public const int Overhead = HeadSize + MacSize;

    private const int MacSize = 16;

    private readonly CounterCipher _cipher = new(key.Encrypt);
    private readonly ICryptoTransform _macCipher = CounterCipher.CreateBlockCipher(key.MacKey);
    private readonly Poly1305 _poly1305 = new();
    private readonly byte[] _macKey = [.. key.MacFactor, .. new byte[16]];
    private readonly byte[] _nonce = new byte[16];

    /// <summary>Seals what stands in the middle of a buffer, in place.</summary>
    /// <param name="buffer">16 bytes of room, the plain bytes, 16 bytes of room.</param>
    public void Seal(Span<byte> buffer)
    {
        RandomNumberGenerator.Fill(buffer[..HeadSize]);
        Span<byte> content = buffer[HeadSize..^MacSize];
        _cipher.Apply(buffer[..HeadSize], content);
        Authenticate(buffer[..HeadSize], content, buffer[^MacSize..]);
    }

    /// <summary>A sealed copy.</summary>
    public byte[] SealCopy(ReadOnlySpan<byte> plain)
    {
        byte[] buffer = new byte[plain.Length + Overhead];
        plain.CopyTo(buffer.AsSpan(HeadSize));
        Seal(buffer);
        return buffer;
    }

    /// <summary>Unseals in place.</summary>
    /// <param name="buffer">What was sealed.</param>
    /// <param name="plain">The plain bytes, within the buffer.</param>
    /// <returns>Whether the seal is whole and of this key; where not, nothing was decrypted.</returns>
    public bool TryUnseal(Span<byte> buffer, out Span<byte> plain)
    {
        plain = default;
        if (buffer.Length < Overhead)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[MacSize];
        Span<byte> content = buffer[HeadSize..^MacSize];
        Authenticate(buffer[..HeadSize], content, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, buffer[^MacSize..]))
        {
            return false;
        }

        _cipher.Apply(buffer[..HeadSize], content);
        plain = content;
        return true;
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _macCipher.Dispose();
        CryptographicOperations.ZeroMemory(_macKey);
    }

    // Poly1305-AES (https://cr.yp.to/mac/poly1305-20050329.pdf): the one-time pad of Poly1305 is the nonce under AES.
    private void Authenticate(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> content, Span<byte> mac)
    {
        nonce.CopyTo(_nonce);
        _macCipher.TransformBlock(_nonce, 0, _nonce.Length, _macKey, 16);
        _poly1305.Init(new KeyParameter(_macKey));
        _poly1305.BlockUpdate(content);
        _poly1305.DoFinal(mac);
    }
}
