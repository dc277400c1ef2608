using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;

namespace SqliteBackup.Repository.Writing;

/// <summary>
/// Takes a file apart into extents and stores those that are new. Each thread reads a stretch of the file, hashes its extents, and compresses
/// and seals the new ones; nothing waits for anything but for room in a pack.
/// </summary>
internal sealed class ExtentWriter(RepositoryFiles files, PackWriter packs, int degree)
{
    private const int StretchBytes = 1 << 20;

    /// <summary>Stores a file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="extentBytes">Bytes in an extent; the last one is as short as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ExtentList Write(BackupContent content, int extentBytes, CancellationToken cancellationToken)
    {
        var ids = new HashId[checked((int)((content.Bytes + extentBytes - 1) / extentBytes))];
        int stretchBytes = Math.Max(StretchBytes / extentBytes, 1) * extentBytes;
        long next = -stretchBytes;
        long added = 0;
        long addedBytes = 0;
        int threads = (int)Math.Min(degree, (content.Bytes + stretchBytes - 1) / stretchBytes);
        Parallelism.Run(
            threads,
            () =>
            {
                byte[] stretch = GC.AllocateUninitializedArray<byte>((int)Math.Min(stretchBytes, content.Bytes));
                using CodecPool.Rented rented = files.Codecs.Rent();
                for (long offset = Interlocked.Add(ref next, stretchBytes); offset < content.Bytes; offset = Interlocked.Add(ref next, stretchBytes))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Span<byte> bytes = stretch.AsSpan(0, (int)Math.Min(stretchBytes, content.Bytes - offset));
                    content.Advancing?.Invoke(bytes.Length);
                    ReadExactly(content, bytes, offset);
                    for (int at = 0; at < bytes.Length; at += extentBytes)
                    {
                        ReadOnlySpan<byte> extent = bytes.Slice(at, Math.Min(extentBytes, bytes.Length - at));
                        var id = HashId.Of(extent);
                        ids[(offset + at) / extentBytes] = id;
                        int stored = Add(rented.Codec, BlobKind.Data, id, extent);
                        if (stored > 0)
                        {
                            Interlocked.Increment(ref added);
                            Interlocked.Add(ref addedBytes, stored);
                        }
                    }
                }
            },
            cancellationToken);
        return new ExtentList(ids, (int)added, addedBytes);
    }

    /// <summary>Stores a blob where it is new.</summary>
    /// <returns>How many bytes that added.</returns>
    public (HashId Id, int BytesAdded) Write(BlobKind kind, ReadOnlySpan<byte> blob)
    {
        var id = HashId.Of(blob);
        using CodecPool.Rented rented = files.Codecs.Rent();
        return (id, Add(rented.Codec, kind, id, blob));
    }

    /// <summary>Stores a tree of files where it is new.</summary>
    /// <returns>How many bytes that added.</returns>
    public (HashId Id, int BytesAdded) Write(TreeFile[] tree)
    {
        using CodecPool.Rented rented = files.Codecs.Rent();
        ReadOnlySpan<byte> bytes = rented.Codec.Encode(stream => Tree.Write(stream, tree), Tree.MaxBytes(tree), out HashId id, out uint plainLength);
        return (id, packs.Add(BlobKind.Tree, id, bytes, plainLength) ? bytes.Length : 0);
    }

    private static void ReadExactly(BackupContent content, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(content.File, bytes, offset);
            if (read == 0)
            {
                throw RepositoryErrors.SourceChanged(content.Database);
            }

            bytes = bytes[read..];
            offset += read;
        }
    }

    // Two threads that meet the same new extent at the same time both compress it, and one adds it. So nothing is ever counted on that is
    // not in a pack.
    private int Add(BlobCodec codec, BlobKind kind, HashId id, ReadOnlySpan<byte> blob)
    {
        if (packs.Has(kind, id))
        {
            return 0;
        }

        ReadOnlySpan<byte> bytes = codec.Encode(blob, out uint plainLength);
        return packs.Add(kind, id, bytes, plainLength) ? bytes.Length : 0;
    }
}

/// <summary>What became of a file's extents.</summary>
/// <param name="Ids">Their hashes, in their order.</param>
/// <param name="Added">How many were new.</param>
/// <param name="AddedBytes">The bytes that those added.</param>
internal sealed record ExtentList(HashId[] Ids, int Added, long AddedBytes);
