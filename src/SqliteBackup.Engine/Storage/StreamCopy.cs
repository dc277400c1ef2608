using System.Buffers;

namespace SqliteBackup.Storage;

/// <summary>Copies streams in chunks between which it can be stopped.</summary>
internal static class StreamCopy
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>Copies everything.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="betweenChunks">Told how many bytes were copied so far; it may throw.</param>
    public static void Run(Stream source, Stream target, Action<long> betweenChunks)
    {
        // Rented: a new one this large for each of many small databases would make the collector run.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long copied = 0;
            for (int read; (read = source.Read(buffer, 0, ChunkBytes)) > 0;)
            {
                target.Write(buffer, 0, read);
                copied += read;
                betweenChunks(copied);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
