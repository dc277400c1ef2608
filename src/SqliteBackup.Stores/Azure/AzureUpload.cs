using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Azure;

/// <summary>One upload: in one request where the file is small, else in blocks of which a bounded number is in memory.</summary>
internal sealed class AzureUpload(BlockBlobClient blob, StoreSettings settings, PutMode mode, CancellationToken cancellationToken)
{
    private const int MinBlockBytes = 4 << 20;
    private const int MaxBlocks = 50_000;
    private const long MaxBytesInMemory = 20 << 20;

    private BlobRequestConditions? Conditions =>
        mode == PutMode.CreateNew ? new BlobRequestConditions { IfNoneMatch = global::Azure.ETag.All } : null;

    private AccessTier? Tier => settings.Options.Get(StoreOptions.AccessTier) is string tier ? new AccessTier(tier) : (AccessTier?)null;

    /// <summary>Sends it all.</summary>
    /// <returns>Whether the store stated the hash of what it keeps, and it is the right one.</returns>
    public bool Send(UploadStream source) => source.Bytes <= MinBlockBytes ? SendWhole(source) : SendBlocks(source);

    private bool SendWhole(UploadStream source)
    {
        source.HashMd5();
        byte[] bytes = new byte[source.Bytes];
        source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ThrowUnlessEnded(source);
        var options = new BlobUploadOptions { Conditions = Conditions, AccessTier = Tier };
        BlobContentInfo stored;
        try
        {
            stored = blob.Upload(new MemoryStream(bytes), options, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 409 && mode == PutMode.CreateNew && !blob.Exists(cancellationToken))
        {
            // Azurite takes blocks that a stopped upload left for the file itself, but lets others be committed in their place.
            string id = IdOf(Guid.NewGuid().ToString("N"), 0);
            SendBlock(id, bytes, bytes.Length, cancellationToken).GetAwaiter().GetResult();
            stored = blob.CommitBlockList([id], new CommitBlockListOptions { Conditions = Conditions, AccessTier = Tier }, cancellationToken);
        }

        return stored.ContentHash is { Length: > 0 } md5 && UploadStream.Hex(md5) == source.Md5;
    }

    private bool SendBlocks(UploadStream source)
    {
        int blockBytes = (int)Math.Max(MinBlockBytes, ((source.Bytes / MaxBlocks / (1 << 20)) + 1) << 20);
        int count = (int)((source.Bytes + blockBytes - 1) / blockBytes);
        int parallel = (int)Math.Clamp(MaxBytesInMemory / blockBytes, 1, count);
        string prefix = Guid.NewGuid().ToString("N");
        string[] ids = [.. Enumerable.Range(0, count).Select(number => IdOf(prefix, number))];
        var sending = new Queue<Task<byte[]>>();
        var free = new Stack<byte[]>(Enumerable.Range(0, parallel).Select(_ => new byte[blockBytes]));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (int number = 0; number < count; number++)
            {
                byte[] buffer = free.Count > 0 ? free.Pop() : sending.Dequeue().GetAwaiter().GetResult();
                int length = (int)Math.Min(blockBytes, source.Bytes - ((long)number * blockBytes));
                source.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false);
                sending.Enqueue(SendBlock(ids[number], buffer, length, stop.Token));
            }

            while (sending.Count > 0)
            {
                sending.Dequeue().GetAwaiter().GetResult();
            }
        }
        catch (Exception)
        {
            stop.Cancel();

            // Buffers that are still being sent are not let go of. The first error counts.
            Task.WhenAll(sending).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).GetAwaiter().GetResult();
            throw;
        }

        ThrowUnlessEnded(source);
        blob.CommitBlockList(ids, new CommitBlockListOptions { Conditions = Conditions, AccessTier = Tier }, cancellationToken);
        return false;
    }

    private async Task<byte[]> SendBlock(string id, byte[] buffer, int length, CancellationToken stop)
    {
        using var stream = new MemoryStream(buffer, 0, length, writable: false);
        var options = new BlockBlobStageBlockOptions
        {
            TransferValidation = new global::Azure.Storage.UploadTransferValidationOptions
            {
                ChecksumAlgorithm = global::Azure.Storage.StorageChecksumAlgorithm.MD5,
                PrecalculatedChecksum = Md5(buffer.AsSpan(0, length)),
            },
        };
        await blob.StageBlockAsync(id, stream, options, stop).ConfigureAwait(false);
        return buffer;
    }

    // All blocks of a file have to have ids of one length.
    private static string IdOf(string prefix, int number) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{prefix}{number:D5}"));

    private static void ThrowUnlessEnded(UploadStream source)
    {
        Span<byte> more = stackalloc byte[1];
        _ = source.Read(more);
        source.ThrowUnlessWhole();
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The protocol's own hash of a block.")]
    private static byte[] Md5(ReadOnlySpan<byte> bytes) => MD5.HashData(bytes);
}
