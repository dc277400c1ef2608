using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.S3;

/// <summary>One upload: in one request where the file is small, else in parts of which a bounded number is in memory.</summary>
internal sealed class S3Upload(
    AmazonS3Client client, string bucket, string key, StoreSettings settings, PutMode mode, CancellationToken cancellationToken)
{
    private const int MinPartBytes = 5 << 20;
    private const int MaxParts = 10_000;

    // Two of the smallest parts: one is read and hashed while the other is sent. More are a twentieth faster at best.
    private const long MaxBytesInMemory = 10 << 20;

    private readonly string? _endpoint = S3ClientFactory.EndpointOf(settings);

    /// <summary>What the store's tag of the file will be unless it encrypts in a way of its own; null before all was sent.</summary>
    public string? ETag { get; private set; }

    /// <summary>The tag that the store gave the file, or null where its answer was lost. While the file has it, it is ours.</summary>
    public string? StoredETag { get; private set; }

    private string? Condition => mode == PutMode.CreateNew ? "*" : null;

    // Amazon's own chunks of a signed stream: other servers take them for a part of the file.
    private bool? ChunkEncoding => _endpoint is null ? null : false;

    /// <summary>Whether the store says that the name is taken.</summary>
    public static bool IsTaken(AmazonS3Exception exception) => exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict;

    /// <summary>Sends it all.</summary>
    /// <returns><see cref="ETag"/>.</returns>
    public string Send(UploadStream source) => source.Bytes <= MinPartBytes ? SendWhole(source) : SendParts(source);

    private string SendWhole(UploadStream source)
    {
        source.HashMd5();
        byte[] bytes = new byte[source.Bytes];
        source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ThrowUnlessEnded(source);
        ETag = source.Md5;
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = new MemoryStream(bytes),
            IfNoneMatch = Condition,
            MD5Digest = Convert.ToBase64String(Convert.FromHexString(source.Md5)),
            StorageClass = settings.Options.Get(StoreOptions.StorageClass) is string storage ? new S3StorageClass(storage) : null,
            ServerSideEncryptionMethod = EncryptionMethod(),
        };
        request.UseChunkEncoding = ChunkEncoding ?? request.UseChunkEncoding;
        StoredETag = client.PutObjectAsync(request, cancellationToken).GetAwaiter().GetResult().ETag?.Trim('"');
        return ETag;
    }

    private string SendParts(UploadStream source)
    {
        string id = client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest
            {
                BucketName = bucket,
                Key = key,
                StorageClass = settings.Options.Get(StoreOptions.StorageClass) is string storage ? new S3StorageClass(storage) : null,
                ServerSideEncryptionMethod = EncryptionMethod(),
            },
            cancellationToken).GetAwaiter().GetResult().UploadId;
        try
        {
            S3Part[] parts = Parts(source, id);
            ThrowUnlessEnded(source);
            ETag = $"{UploadStream.Hex(Md5([.. parts.SelectMany(part => part.Md5)]))}-{parts.Length}";
            Complete(id, parts);
            return ETag;
        }
        catch (Exception)
        {
            Abort(id);
            throw;
        }
    }

    private S3Part[] Parts(UploadStream source, string id)
    {
        // Parts of one size, a whole number of MiB, so that the last of them is within the number that may be.
        int partBytes = (int)Math.Max(MinPartBytes, ((source.Bytes / MaxParts / (1 << 20)) + 1) << 20);
        int count = (int)((source.Bytes + partBytes - 1) / partBytes);
        int parallel = (int)Math.Clamp(MaxBytesInMemory / partBytes, 1, count);
        var sending = new Queue<Task<S3Part>>();
        var free = new Stack<byte[]>(Enumerable.Range(0, parallel).Select(_ => new byte[partBytes]));
        var sent = new List<S3Part>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (int number = 1; number <= count; number++)
            {
                if (free.Count == 0)
                {
                    Finish();
                }

                byte[] buffer = free.Pop();
                int length = (int)Math.Min(partBytes, source.Bytes - ((long)(number - 1) * partBytes));
                source.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false);
                sending.Enqueue(SendPart(id, number, buffer, length, stop.Token));
            }

            while (sending.Count > 0)
            {
                Finish();
            }

            return [.. sent];
        }
        catch (Exception)
        {
            stop.Cancel();

            // Until the last has stopped, what the store was sent may still arrive, after the upload was given up. The first error counts.
            Task.WhenAll(sending).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).GetAwaiter().GetResult();
            throw;
        }

        void Finish()
        {
            S3Part part = sending.Dequeue().GetAwaiter().GetResult();
            free.Push(part.Buffer);
            sent.Add(part);
        }
    }

    private async Task<S3Part> SendPart(string id, int number, byte[] buffer, int length, CancellationToken stop)
    {
        byte[] md5 = Md5(buffer.AsSpan(0, length));
        using var stream = new MemoryStream(buffer, 0, length, writable: false);
        var request = new UploadPartRequest
        {
            BucketName = bucket,
            Key = key,
            UploadId = id,
            PartNumber = number,
            PartSize = length,
            InputStream = stream,
            MD5Digest = Convert.ToBase64String(md5),
        };
        request.UseChunkEncoding = ChunkEncoding ?? request.UseChunkEncoding;
        UploadPartResponse response = await client.UploadPartAsync(request, stop).ConfigureAwait(false);
        return new S3Part(number, response.ETag, md5, buffer);
    }

    private void Complete(string id, S3Part[] parts)
    {
        try
        {
            CompleteMultipartUploadResponse response = client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = id,
                    IfNoneMatch = Condition,
                    PartETags = [.. parts.Select(part => new PartETag(part.Number, part.ETag))],
                },
                cancellationToken).GetAwaiter().GetResult();
            StoredETag = response.ETag?.Trim('"');
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchUpload")
        {
            // It was completed by an earlier try whose answer was lost. Whether the file is ours is looked at next.
        }
    }

    private void Abort(string id)
    {
        try
        {
            // Also after Ctrl+C: parts that nobody sees cost money.
            client.AbortMultipartUploadAsync(bucket, key, id, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is Amazon.Runtime.AmazonServiceException or Amazon.Runtime.AmazonClientException or HttpRequestException or OperationCanceledException)
        {
            // The store can't be reached, and the first error is the one to report. A sweep a day later aborts it.
        }
    }

    // A source that is longer than it said is no less wrong than one that is shorter.
    private static void ThrowUnlessEnded(UploadStream source)
    {
        Span<byte> more = stackalloc byte[1];
        _ = source.Read(more);
        source.ThrowUnlessWhole();
    }

    private ServerSideEncryptionMethod? EncryptionMethod() =>
        settings.Options.Get(StoreOptions.ServerSideEncryption) is string method ? new ServerSideEncryptionMethod(method) : null;

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The protocol's own hash of a part.")]
    private static byte[] Md5(ReadOnlySpan<byte> bytes) => MD5.HashData(bytes);

    private sealed record S3Part(int Number, string ETag, byte[] Md5, byte[] Buffer);
}
