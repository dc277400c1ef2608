using System.Security.Cryptography;
using SqliteBackup.Platform;
using ZstdSharp;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Compresses and encrypts a checked copy into another staged file, and reads that back: only what gives the same bytes again is stored.
/// </summary>
internal static class BackupEncoder
{
    /// <summary>Encodes and reads back.</summary>
    /// <param name="copy">The checked copy.</param>
    /// <param name="target">An empty staged file.</param>
    /// <param name="encoding">How.</param>
    /// <param name="contentSha256">The copy's hash.</param>
    /// <param name="report">Told the bytes done of both passes; it may throw.</param>
    /// <returns>The hash and the size of the encoded file.</returns>
    /// <exception cref="SqliteBackupException">It can't be written, or what was stored does not give the copy again.</exception>
    public static (string Sha256, long Bytes) Run(
        StagedFile copy, StagedFile target, BackupEncoding encoding, string contentSha256, Action<long> report)
    {
        long length = copy.Length;

        // Nobody here has a secret key. The file's own key reads it back, as long as it is remembered.
        byte[]? fileKey = encoding.IsEncrypted ? RandomNumberGenerator.GetBytes(AgeHeader.FileKeyBytes) : null;
        try
        {
            (string sha256, long bytes) = FileErrors.Guard(target.Path, BackupFailure.BackupFailed, () => Write(copy, target, encoding, fileKey, report));
            if (HashOfContent(target, encoding.Compression, fileKey, length, done => report(length + done)) != contentSha256)
            {
                throw new SqliteBackupException(
                    BackupFailure.ChecksumMismatch,
                    target.Path,
                    $"What was stored as '{target.Path}' does not {(encoding.IsEncrypted ? "decrypt" : "decompress")} to the copy. Nothing was published. The disk or the memory may be failing: try again{(encoding.IsEncrypted ? "" : ", or store it with -Compress None")}.");
            }

            return (sha256, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    private static (string Sha256, long Bytes) Write(StagedFile copy, StagedFile target, BackupEncoding encoding, byte[]? fileKey, Action<long> report)
    {
        using var stored = new HashingStream(target.OpenStream());
        using AgeEncryptor? encryptor = fileKey is null ? null : new AgeEncryptor(stored, encoding.Recipients, fileKey);
        Stream end = (Stream?)encryptor ?? stored;
        using (Stream content = copy.OpenStream())
        {
            if (encoding.Compression == BackupCompression.None)
            {
                StreamCopy.Run(content, end, report);
            }
            else
            {
                using Stream compressor = Codec.Compress(end, encoding.Compression, encoding.Level);
                StreamCopy.Run(content, compressor, report);
            }
        }

        encryptor?.Complete();
        return (stored.Sha256, stored.Count);
    }

    private static string? HashOfContent(StagedFile target, BackupCompression compression, byte[]? fileKey, long length, Action<long> report)
    {
        try
        {
            Stream stored = target.OpenStream();
            Stream compressed = fileKey is null ? stored : new AgeDecryptor(stored, fileKey);
            using var content = new HashingStream(Codec.Decompress(compressed, compression), length);
            StreamCopy.Run(content, Stream.Null, report);
            return content.Sha256;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException or BoundExceededException)
        {
            return null;
        }
    }
}
