using SqliteBackup.Repository.Sealing;
using SqliteBackup.Storage;
using ZstdSharp;

namespace SqliteBackup.Repository.Files;

/// <summary>Compresses and seals, unseals and decompresses, in buffers of its own. For one thread at a time.</summary>
internal sealed class BlobCodec(MasterKey key, int compressionLevel) : IDisposable
{
    // Marks compressed JSON in files of their own; what begins with a bracket is JSON as it is.
    private const byte CompressedFile = 2;

    private const int MaxKeptBuffer = 1 << 20;

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

    /// <summary>Makes a blob ready for a pack that is never in memory as a whole before it is compressed.</summary>
    /// <param name="write">Writes its bytes.</param>
    /// <param name="maxBytes">How many there are at most.</param>
    /// <param name="id">Their hash.</param>
    /// <param name="plainLength">Their number.</param>
    /// <returns>The sealed bytes, until the next call.</returns>
    public ReadOnlySpan<byte> Encode(Action<Stream> write, int maxBytes, out HashId id, out uint plainLength)
    {
        int bound = Compressor.GetCompressBound(maxBytes);
        EnsureCapacity(ref _sealed, bound + Sealer.Overhead);
        using var target = new MemoryStream(_sealed, Sealer.HeadSize, bound);
        using (var hashing = new HashingStream(new CompressionStream(target, _compressor)))
        {
            write(hashing);
            id = HashId.TryParse(hashing.Sha256, out HashId hash) ? hash : default;
            plainLength = checked((uint)hashing.Count);
        }

        return Seal((int)target.Position);
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

    /// <summary>Makes the JSON of a snapshot or a lock ready to be stored.</summary>
    /// <returns>The sealed bytes, until the next call.</returns>
    public ReadOnlyMemory<byte> EncodeFile(ReadOnlySpan<byte> json)
    {
        int length = Compress(json, 1);
        _sealed[Sealer.HeadSize] = CompressedFile;
        return SealFile(length);
    }

    /// <summary>Makes the JSON of an index ready to be stored. It is never in memory as a whole before it is compressed.</summary>
    /// <param name="write">Writes its bytes.</param>
    /// <param name="maxBytes">How many there are at most.</param>
    /// <returns>The sealed bytes, until the next call.</returns>
    public ReadOnlyMemory<byte> EncodeFile(Action<Stream> write, int maxBytes)
    {
        int bound = Compressor.GetCompressBound(maxBytes);
        EnsureCapacity(ref _sealed, bound + 1 + Sealer.Overhead);
        _sealed[Sealer.HeadSize] = CompressedFile;
        using var target = new MemoryStream(_sealed, Sealer.HeadSize + 1, bound);
        using (var compressing = new CompressionStream(target, _compressor))
        {
            write(compressing);
        }

        return SealFile((int)target.Position);
    }

    /// <summary>Gets the JSON of an index, a snapshot or a lock back.</summary>
    /// <param name="file">The stored bytes; overwritten.</param>
    /// <param name="json">The JSON, until the next call.</param>
    /// <returns>Whether the file was whole.</returns>
    public bool TryDecodeFile(Span<byte> file, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (!_sealer.TryUnseal(file, out Span<byte> content) || content.Length == 0)
        {
            return false;
        }

        if (content[0] is (byte)'{' or (byte)'[')
        {
            json = content;
            return true;
        }

        return content[0] == CompressedFile && TryDecompress(content[1..], out json);
    }

    /// <summary>A sealed copy, as it is.</summary>
    public byte[] SealCopy(ReadOnlySpan<byte> plain) => _sealer.SealCopy(plain);

    /// <summary>Unseals in place what is not compressed.</summary>
    public bool TryUnseal(Span<byte> buffer, out Span<byte> plain) => _sealer.TryUnseal(buffer, out plain);

    /// <summary>Lets go of buffers that something unusually large left.</summary>
    public void Trim()
    {
        _sealed = _sealed.Length > MaxKeptBuffer ? [] : _sealed;
        _plain = _plain.Length > MaxKeptBuffer ? [] : _plain;
    }

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

    private bool TryDecompress(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        try
        {
            EnsureCapacity(ref _plain, checked((int)Decompressor.GetDecompressedSize(content)));
            plain = _plain.AsSpan(0, _decompressor.Unwrap(content, _plain));
            return true;
        }
        catch (Exception exception) when (exception is ZstdException or OverflowException)
        {
            return false;
        }
    }

    private ReadOnlyMemory<byte> SealFile(int compressedLength) => _sealed.AsMemory(0, Seal(compressedLength + 1).Length);

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
