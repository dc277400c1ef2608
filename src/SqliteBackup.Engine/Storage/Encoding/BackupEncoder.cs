using System.Security.Cryptography;
using SqliteBackup.Operation;
using SqliteBackup.Platform;
using ZstdSharp;

namespace SqliteBackup.Storage.Encoding;

/// <summary>
/// Compresses and encrypts a copy into another staged file, and reads that back while it grows: only what gives the same bytes again is
/// stored. Whatever is hashed is hashed by who reads back, as encoding takes longer.
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
            using var proof = new SideWork<EncodedHashes?>(
                token => FileErrors.Guard(target.Path, BackupFailure.BackupFailed, () => ReadBack(followed.OpenRead(), fileKey, token)), cancellationToken);
            try
            {
                target.BeginFlush();
                FileErrors.Guard(target.Path, BackupFailure.BackupFailed, () => Write(followed.OpenWrite(), fileKey, cancellationToken));
            }
            finally
            {
                // Also where it failed: who reads must not wait for more.
                followed.Complete();
            }

            return proof.Wait()
                ?? throw new SqliteBackupException(
                    BackupFailure.ChecksumMismatch,
                    target.Path,
                    $"What was stored as '{target.Path}' does not {(encoding.IsEncrypted ? "decrypt" : "decompress")} to the copy. Nothing was published. The disk or the memory may be failing: try again{(encoding.IsEncrypted ? "" : ", or store it with -Compress None")}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    private void Write(Stream file, byte[]? fileKey, CancellationToken cancellationToken)
    {
        void Report(long done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Exchange(ref _encoded, done);
        }

        using AgeEncryptor? encryptor = fileKey is null ? null : new AgeEncryptor(file, encoding.Recipients, fileKey);
        Stream end = (Stream?)encryptor ?? file;
        if (encoding.Compression == BackupCompression.None)
        {
            StreamCopy.Run(copy.OpenStream(), end, Report);
        }
        else
        {
            using Stream compressor = Codec.Compress(end, encoding.Compression, encoding.Level, _length);
            StreamCopy.Run(copy.OpenStream(), compressor, Report);
        }

        encryptor?.Complete();
    }

    // Null where it is not the copy.
    private EncodedHashes? ReadBack(Stream file, byte[]? fileKey, CancellationToken cancellationToken)
    {
        try
        {
            using var stored = new HashingStream(file);
            Stream compressed = fileKey is null ? stored : new AgeDecryptor(stored, fileKey);
            using var content = new HashingStream(Codec.Decompress(compressed, encoding.Compression), _length);
            StreamCopy.Run(content, new ComparingStream(copy.OpenStream()), done =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                Interlocked.Exchange(ref _proved, done);
            });

            // All of the copy, and of the file no byte that was left unread.
            return content.Count == _length && stored.Count == target.Length ? new EncodedHashes(content.Sha256, stored.Sha256) : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException or BoundExceededException)
        {
            return null;
        }
    }
}

/// <summary>What was read back.</summary>
/// <param name="ContentSha256">The copy's hash.</param>
/// <param name="StoredSha256">The encoded file's.</param>
internal sealed record EncodedHashes(string ContentSha256, string StoredSha256);
