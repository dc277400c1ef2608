using System.Buffers;

namespace SqliteBackup.Storage;

/// <summary>Copies streams in chunks between which it can be stopped.</summary>
internal static class StreamCopy
{
    private const int ChunkBytes = 1 << 18;

    private const int MaxKept = 16;

    // A new one this large for each of many small databases would make the collector run. Not the shared pool: that keeps a buffer for the
    // thread that gave it back, and threads beside a backup end with it.
    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(ChunkBytes, MaxKept);

    /// <summary>Copies everything.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="betweenChunks">Told how many bytes were copied so far; it may throw.</param>
    public static void Run(Stream source, Stream target, Action<long> betweenChunks)
    {
        byte[] buffer = Buffers.Rent(ChunkBytes);
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
            Buffers.Return(buffer);
        }
    }
}
