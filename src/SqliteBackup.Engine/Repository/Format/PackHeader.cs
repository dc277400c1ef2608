using System.Buffers.Binary;

namespace SqliteBackup.Repository.Format;

/// <summary>What a blob is.</summary>
internal enum BlobKind : byte
{
    /// <summary>Content of files.</summary>
    Data,

    /// <summary>A list of files.</summary>
    Tree,
}

/// <summary>A blob as a pack's header lists it.</summary>
/// <param name="Id">The SHA-256 of its plain bytes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it begins in the pack.</param>
/// <param name="Length">How many bytes it has there, sealed.</param>
/// <param name="PlainLength">How many bytes it has uncompressed; 0 where it is not compressed.</param>
internal readonly record struct PackedBlob(HashId Id, BlobKind Kind, uint Offset, uint Length, uint PlainLength)
{
    /// <summary>How many plain bytes it has.</summary>
    public int ContentLength => checked((int)(PlainLength == 0 ? Length - Sealing.Sealer.Overhead : PlainLength));

    /// <summary>How many bytes it has in the pack's header.</summary>
    public int HeaderLength => PlainLength == 0 ? PackHeader.PlainEntry : PackHeader.CompressedEntry;
}

/// <summary>The end of a pack: its header, sealed, and the length of that in four bytes.</summary>
internal static class PackHeader
{
    public const int PlainEntry = 37;

    public const int CompressedEntry = 41;

    public const int LengthSize = 4;

    // restic reads no longer one.
    public const int MaxLength = 16 << 20;

    /// <summary>Writes the header's plain bytes.</summary>
    public static void Write(IReadOnlyList<PackedBlob> blobs, Span<byte> header)
    {
        foreach (PackedBlob blob in blobs)
        {
            bool isCompressed = blob.PlainLength != 0;
            header[0] = (byte)((byte)blob.Kind | (isCompressed ? 2 : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(header[1..], blob.Length);
            if (isCompressed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(header[5..], blob.PlainLength);
            }

            blob.Id.CopyTo(header[(isCompressed ? 9 : 5)..]);
            header = header[blob.HeaderLength..];
        }
    }

    /// <summary>Reads a header's plain bytes.</summary>
    /// <returns>The blobs in their order, or null where it is none.</returns>
    public static List<PackedBlob>? Read(ReadOnlySpan<byte> header)
    {
        var blobs = new List<PackedBlob>();
        ulong offset = 0;
        while (header.Length > 0)
        {
            bool isCompressed = (header[0] & 2) != 0;
            int length = isCompressed ? CompressedEntry : PlainEntry;
            if (header[0] > 3 || header.Length < length || offset > uint.MaxValue)
            {
                return null;
            }

            var blob = new PackedBlob(
                new HashId(header[(length - HashId.Size)..length]),
                (BlobKind)(header[0] & 1),
                (uint)offset,
                BinaryPrimitives.ReadUInt32LittleEndian(header[1..]),
                isCompressed ? BinaryPrimitives.ReadUInt32LittleEndian(header[5..]) : 0);
            blobs.Add(blob);
            offset += blob.Length;
            header = header[length..];
        }

        return blobs;
    }

    /// <summary>How long a pack of these blobs is.</summary>
    public static long PackLength(IEnumerable<PackedBlob> blobs) =>
        blobs.Sum(blob => (long)blob.Length + blob.HeaderLength) + Sealing.Sealer.Overhead + LengthSize;
}
