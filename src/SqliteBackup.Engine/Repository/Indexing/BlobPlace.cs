using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Indexing;

/// <summary>Where a blob is.</summary>
/// <param name="Pack">The pack's number in the index that says so.</param>
/// <param name="Offset">Where it begins in the pack.</param>
/// <param name="Length">How many bytes it has there, sealed.</param>
/// <param name="PlainLength">How many bytes it has uncompressed; 0 where it is not compressed.</param>
internal readonly record struct BlobPlace(int Pack, uint Offset, uint Length, uint PlainLength)
{
    /// <summary>How many plain bytes it has.</summary>
    public int ContentLength => new PackedBlob(default, default, Offset, Length, PlainLength).ContentLength;
}
