using System.Security.Cryptography;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using ZstdSharp;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Compresses and encrypts a copy into another staged file, and reads that back while it grows: only what gives the same bytes again is
/// stored.
/// </summary>
/// <param name="copy">The copy. Nobody writes to it meanwhile.</param>
/// <param name="target">An empty staged file.</param>
/// <param name="encoding">How.</param>
internal sealed class BackupEncoder(StagedFile copy, StagedFile target, BackupEncoding encoding)
{
    private readonly long _length = copy.Length;
    private long _encoded;
    private long _proved;

    /// <summary>Bytes of the copy that are done, of both passes; another thread may ask.</summary>
    public long Done => Interlocked.Read(ref _encoded) + Interlocked.Read(ref _proved);

    /// <summary>The bytes of both passes.</summary>
    public long Total => 2 * _length;

    /// <summary>Encodes and reads back.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The hashes of the copy and of the encoded file.</returns>
    /// <exception cref="SqliteBackupException">It can't be written, or what was stored does not give the copy again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public EncodedHashes Run(CancellationToken cancellationToken)
    {
        // Nobody here has a secret key. The file's own key reads it back, as long as it is remembered.
        byte[]? fileKey = encoding.IsEncrypted ? RandomNumberGenerator.GetBytes(AgeHeader.FileKeyBytes) : null;
        try
        {
            var followed = new FollowedFile(target);
            using var proof = new SideWork<string?>(token => HashOfContent(followed.OpenRead(), fileKey, token), cancellationToken);
            EncodedHashes hashes;
            try
            {
                target.BeginFlush();
                hashes = FileErrors.Guard(target.Path, BackupFailure.BackupFailed, () => Write(followed.OpenWrite(), fileKey, cancellationToken));
            }
            finally
            {
                // Also where it failed: who reads must not wait for more.
                followed.Complete();
            }

            return proof.Wait() == hashes.ContentSha256
                ? hashes
                : throw new SqliteBackupException(
                    BackupFailure.ChecksumMismatch,
                    target.Path,
                    $"What was stored as '{target.Path}' does not {(encoding.IsEncrypted ? "decrypt" : "decompress")} to the copy. Nothing was published. The disk or the memory may be failing: try again{(encoding.IsEncrypted ? "" : ", or store it with -Compress None")}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    private EncodedHashes Write(Stream file, byte[]? fileKey, CancellationToken cancellationToken)
    {
        void Report(long done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Exchange(ref _encoded, done);
        }

        using var stored = new HashingStream(file);
        using AgeEncryptor? encryptor = fileKey is null ? null : new AgeEncryptor(stored, encoding.Recipients, fileKey);
        Stream end = (Stream?)encryptor ?? stored;
        using var content = new HashingStream(copy.OpenStream());
        if (encoding.Compression == BackupCompression.None)
        {
            StreamCopy.Run(content, end, Report);
        }
        else
        {
            using Stream compressor = Codec.Compress(end, encoding.Compression, encoding.Level);
            StreamCopy.Run(content, compressor, Report);
        }

        encryptor?.Complete();
        return new EncodedHashes(content.Sha256, stored.Sha256);
    }

    private string? HashOfContent(Stream stored, byte[]? fileKey, CancellationToken cancellationToken)
    {
        try
        {
            Stream compressed = fileKey is null ? stored : new AgeDecryptor(stored, fileKey);
            using var content = new HashingStream(Codec.Decompress(compressed, encoding.Compression), _length);
            StreamCopy.Run(content, Stream.Null, done =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                Interlocked.Exchange(ref _proved, done);
            });
            return content.Sha256;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException or BoundExceededException)
        {
            return null;
        }
    }
}

/// <summary>What was encoded, and what that came to.</summary>
/// <param name="ContentSha256">The copy's hash.</param>
/// <param name="StoredSha256">The encoded file's.</param>
internal sealed record EncodedHashes(string ContentSha256, string StoredSha256);
