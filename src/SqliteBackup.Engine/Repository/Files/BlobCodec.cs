using SqliteBackup.Repository.Sealing;
using ZstdSharp;

namespace SqliteBackup.Repository.Files;

/// <summary>Compresses and seals, unseals and decompresses, in buffers of its own. For one thread at a time.</summary>
internal sealed class BlobCodec(MasterKey key, int compressionLevel) : IDisposable
{
    // Marks compressed JSON in files of their own; what begins with a bracket is JSON as it is.
    private const byte CompressedFile = 2;

    private readonly Sealer _sealer = new(key);
    private readonly Compressor _compressor = new(compressionLevel);
    private readonly Decompressor _decompressor = new();
    private byte[] _sealed = [];
    private byte[] _plain = [];

    /// <summary>Makes a blob ready for a pack.</summary>
    /// <param name="plain">Its bytes.</param>
    /// <param name="plainLength">Their number where it was compressed, 0 where that would have made it no smaller.</param>
    /// <returns>The sealed bytes, until the next call.</returns>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> plain, out uint plainLength)
    {
        int length = Compress(plain, 0);
        plainLength = length < plain.Length ? (uint)plain.Length : 0;
        if (plainLength == 0)
        {
            plain.CopyTo(_sealed.AsSpan(Sealer.HeadSize));
            length = plain.Length;
        }

        return Seal(length);
    }

    /// <summary>Gets a blob back.</summary>
    /// <param name="sealedBlob">What stands in the pack; overwritten.</param>
    /// <param name="plainLength">Its length where it is compressed, or 0.</param>
    /// <param name="plain">Its bytes, until the next call.</param>
    /// <returns>Whether the seal was whole and the bytes could be decompressed.</returns>
    public bool TryDecode(Span<byte> sealedBlob, uint plainLength, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (!_sealer.TryUnseal(sealedBlob, out Span<byte> content))
        {
            return false;
        }

        if (plainLength == 0)
        {
            plain = content;
            return true;
        }

        EnsureCapacity(ref _plain, checked((int)plainLength));
        try
        {
            int length = _decompressor.Unwrap(content, _plain.AsSpan(0, (int)plainLength));
            plain = _plain.AsSpan(0, length);
            return length == plainLength;
        }
        catch (ZstdException)
        {
            return false;
        }
    }

    /// <summary>Makes the JSON of an index, a snapshot or a lock ready to be stored.</summary>
    public byte[] EncodeFile(ReadOnlySpan<byte> json)
    {
        int length = Compress(json, 1);
        _sealed[Sealer.HeadSize] = CompressedFile;
        return Seal(length + 1).ToArray();
    }

    /// <summary>Gets the JSON of an index, a snapshot or a lock back.</summary>
    /// <param name="file">The stored bytes; overwritten.</param>
    /// <returns>The JSON, or null where the file is damaged.</returns>
    public byte[]? DecodeFile(Span<byte> file)
    {
        if (!_sealer.TryUnseal(file, out Span<byte> content) || content.Length == 0)
        {
            return null;
        }

        try
        {
            return content[0] == CompressedFile ? _decompressor.Unwrap(content[1..]).ToArray()
                : content[0] is (byte)'{' or (byte)'[' ? content.ToArray()
                : null;
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    /// <summary>A sealed copy, as it is.</summary>
    public byte[] SealCopy(ReadOnlySpan<byte> plain) => _sealer.SealCopy(plain);

    /// <summary>Unseals in place what is not compressed.</summary>
    public bool TryUnseal(Span<byte> buffer, out Span<byte> plain) => _sealer.TryUnseal(buffer, out plain);

    public void Dispose()
    {
        _sealer.Dispose();
        _compressor.Dispose();
        _decompressor.Dispose();
    }

    private int Compress(ReadOnlySpan<byte> plain, int prefix)
    {
        int bound = Compressor.GetCompressBound(plain.Length);
        EnsureCapacity(ref _sealed, bound + prefix + Sealer.Overhead);
        return _compressor.Wrap(plain, _sealed.AsSpan(Sealer.HeadSize + prefix, bound));
    }

    private Span<byte> Seal(int length)
    {
        Span<byte> buffer = _sealed.AsSpan(0, length + Sealer.Overhead);
        _sealer.Seal(buffer);
        return buffer;
    }

    private static void EnsureCapacity(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }
    }
}
