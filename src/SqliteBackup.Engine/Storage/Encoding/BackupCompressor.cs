using SqliteBackup.Platform;
using ZstdSharp;

namespace SqliteBackup.Storage.Encoding;

/// <summary>Compresses a checked copy into another staged file, and reads that back: only what decompresses to the same bytes is stored.</summary>
internal static class BackupCompressor
{
    /// <summary>Compresses and reads back.</summary>
    /// <param name="copy">The checked copy.</param>
    /// <param name="target">An empty staged file.</param>
    /// <param name="compression">The format.</param>
    /// <param name="level">How hard to try, or null for the format's default.</param>
    /// <param name="contentSha256">The copy's hash.</param>
    /// <param name="report">Told the bytes done of both passes; it may throw.</param>
    /// <returns>The hash and the size of the compressed file.</returns>
    /// <exception cref="SqliteBackupException">It can't be written, or what was stored does not decompress to the copy.</exception>
    public static (string Sha256, long Bytes) Run(
        StagedFile copy, StagedFile target, BackupCompression compression, int? level, string contentSha256, Action<long> report)
    {
        long length = copy.Length;
        (string sha256, long bytes) = FileErrors.Guard(target.Path, BackupFailure.BackupFailed, () =>
        {
            using var stored = new HashingStream(target.OpenStream());
            using (Stream compressor = Codec.Compress(stored, compression, level))
            {
                using Stream content = copy.OpenStream();
                StreamCopy.Run(content, compressor, report);
            }

            return (stored.Sha256, stored.Count);
        });

        if (HashOfContent(target, compression, length, done => report(length + done)) != contentSha256)
        {
            throw new SqliteBackupException(
                BackupFailure.ChecksumMismatch,
                target.Path,
                $"What was stored as '{target.Path}' does not decompress to the copy. Nothing was published. The disk or the memory may be failing: try again, or store it with -Compress None.");
        }

        return (sha256, bytes);
    }

    private static string? HashOfContent(StagedFile target, BackupCompression compression, long length, Action<long> report)
    {
        try
        {
            using var content = new HashingStream(Codec.Decompress(target.OpenStream(), compression), length);
            StreamCopy.Run(content, Stream.Null, report);
            return content.Sha256;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException or BoundExceededException)
        {
            return null;
        }
    }
}
