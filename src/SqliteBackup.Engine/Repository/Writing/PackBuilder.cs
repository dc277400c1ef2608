using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Sealing;

namespace SqliteBackup.Repository.Writing;

/// <summary>A pack in the making, in memory.</summary>
internal sealed class PackBuilder(BlobKind kind, byte[] buffer)
{
    /// <summary>Bytes of blobs at which a pack is full.</summary>
    public const int TargetSize = 16 << 20;

    /// <summary>Bytes in a buffer: a full pack, its last blob and its header.</summary>
    public const int BufferSize = TargetSize + (2 << 20);

    private readonly List<PackedBlob> _blobs = [];
    private int _headerLength = Sealer.Overhead + PackHeader.LengthSize;
    private int _length;

    public BlobKind Kind => kind;

    public byte[] Buffer => buffer;

    public IReadOnlyList<PackedBlob> Blobs => _blobs;

    public bool IsEmpty => _blobs.Count == 0;

    public bool IsFull => _length >= TargetSize;

    /// <summary>How long a buffer must be that takes a blob by itself.</summary>
    public static int BufferSizeFor(int sealedLength) =>
        Math.Max(BufferSize, sealedLength + PackHeader.CompressedEntry + Sealer.Overhead + PackHeader.LengthSize);

    /// <summary>Appends a blob, where there is room for it and its entry.</summary>
    public bool TryAppend(HashId id, ReadOnlySpan<byte> sealedBlob, uint plainLength)
    {
        var blob = new PackedBlob(id, kind, (uint)_length, (uint)sealedBlob.Length, plainLength);
        if (_length + sealedBlob.Length + _headerLength + blob.HeaderLength > buffer.Length)
        {
            return false;
        }

        sealedBlob.CopyTo(buffer.AsSpan(_length));
        _length += sealedBlob.Length;
        _headerLength += blob.HeaderLength;
        _blobs.Add(blob);
        return true;
    }

    /// <summary>Appends the header.</summary>
    /// <returns>The bytes of the file.</returns>
    public ReadOnlyMemory<byte> Finish(Sealer sealer)
    {
        byte[] header = sealer.SealCopy(PackHeader.Write(_blobs));
        header.CopyTo(buffer, _length);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(_length + header.Length), header.Length);
        return buffer.AsMemory(0, _length + header.Length + PackHeader.LengthSize);
    }
}
