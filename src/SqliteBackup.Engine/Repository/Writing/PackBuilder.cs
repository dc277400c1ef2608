using System.Buffers.Binary;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Repository.Writing;

/// <summary>A pack in the making, in memory. Its room is used again for the next one.</summary>
internal sealed class PackBuilder(int bufferSize)
{
    /// <summary>Bytes of blobs at which a pack is full.</summary>
    public const int TargetSize = 16 << 20;

    /// <summary>Bytes in a buffer: a full pack, its last blob and its header.</summary>
    public const int BufferSize = TargetSize + (2 << 20);

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(bufferSize);
    private readonly List<PackedBlob> _blobs = [];
    private int _headerLength;
    private int _length;

    public BlobKind Kind { get; private set; }

    public IReadOnlyList<PackedBlob> Blobs => _blobs;

    /// <summary>Whether any other pack can be made in it.</summary>
    public bool IsReusable => _buffer.Length == BufferSize;

    public bool IsFull => _length >= TargetSize;

    /// <summary>How long a buffer must be that takes a blob by itself.</summary>
    public static int BufferSizeFor(int sealedLength) =>
        Math.Max(BufferSize, sealedLength + PackHeader.CompressedEntry + Sealer.Overhead + PackHeader.LengthSize);

    /// <summary>Begins a pack.</summary>
    public void Begin(BlobKind kind)
    {
        Kind = kind;
        _blobs.Clear();
        _headerLength = Sealer.Overhead + PackHeader.LengthSize;
        _length = 0;
    }

    /// <summary>Appends a blob, where there is room for it and its entry.</summary>
    public bool TryAppend(HashId id, ReadOnlySpan<byte> sealedBlob, uint plainLength)
    {
        var blob = new PackedBlob(id, Kind, (uint)_length, (uint)sealedBlob.Length, plainLength);
        if (_length + sealedBlob.Length + _headerLength + blob.HeaderLength > _buffer.Length)
        {
            return false;
        }

        sealedBlob.CopyTo(_buffer.AsSpan(_length));
        _length += sealedBlob.Length;
        _headerLength += blob.HeaderLength;
        _blobs.Add(blob);
        return true;
    }

    /// <summary>Appends the header.</summary>
    /// <returns>The bytes of the file.</returns>
    public ReadOnlyMemory<byte> Finish(Sealer sealer)
    {
        Span<byte> header = _buffer.AsSpan(_length, _headerLength - PackHeader.LengthSize);
        PackHeader.Write(_blobs, header[Sealer.HeadSize..]);
        sealer.Seal(header);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length + header.Length), header.Length);
        return _buffer.AsMemory(0, _length + _headerLength);
    }
}
