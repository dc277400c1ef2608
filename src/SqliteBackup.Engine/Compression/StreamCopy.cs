namespace SqliteBackup.Engine.Compression;

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
        byte[] buffer = new byte[ChunkBytes];
        long copied = 0;
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            target.Write(buffer, 0, read);
            copied += read;
            betweenChunks(copied);
        }
    }
}
