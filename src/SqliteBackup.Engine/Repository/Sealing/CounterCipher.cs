using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SqliteBackup.Repository.Sealing;

/// <summary>
/// AES-256 in counter mode (NIST SP 800-38A, 6.5), which .NET has not: the blocks of the counter, encrypted many at once by the platform's AES,
/// over the bytes. The whole initial vector is one big-endian counter. For one thread.
/// </summary>
internal sealed class CounterCipher : IDisposable
{
    private const int BlockSize = 16;

    // Fits the processor's first cache together with what it is laid over.
    private readonly byte[] _counters = new byte[8192];
    private readonly byte[] _stream = new byte[8192];
    private readonly ICryptoTransform _aes;

    public CounterCipher(byte[] key) => _aes = CreateBlockCipher(key);

    /// <summary>AES of single blocks.</summary>
    public static ICryptoTransform CreateBlockCipher(byte[] key)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        aes.Padding = PaddingMode.None;

        // The building block of CTR and of Poly1305-AES, never laid over content by itself.
#pragma warning disable CA5358
        aes.Mode = CipherMode.ECB;
#pragma warning restore CA5358
        return aes.CreateEncryptor();
    }

    /// <summary>Encrypts or decrypts in place: it is the same.</summary>
    /// <param name="iv">The counter to begin with: 16 bytes.</param>
    /// <param name="bytes">The bytes.</param>
    public void Apply(ReadOnlySpan<byte> iv, Span<byte> bytes)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(iv);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, _stream.Length);
            int blocks = (count + BlockSize - 1) / BlockSize;
            for (int i = 0; i < blocks; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan(i * BlockSize), high);
                BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan((i * BlockSize) + 8), low);
                high += ++low == 0 ? 1UL : 0;
            }

            _aes.TransformBlock(_counters, 0, blocks * BlockSize, _stream, 0);
            Xor(bytes[..count], _stream);
            bytes = bytes[count..];
        }
    }

    public void Dispose() => _aes.Dispose();

    private static void Xor(Span<byte> bytes, ReadOnlySpan<byte> stream)
    {
        Span<Vector<byte>> wide = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        ReadOnlySpan<Vector<byte>> wideStream = MemoryMarshal.Cast<byte, Vector<byte>>(stream);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] ^= wideStream[i];
        }

        for (int i = wide.Length * Vector<byte>.Count; i < bytes.Length; i++)
        {
            bytes[i] ^= stream[i];
        }
    }
}
