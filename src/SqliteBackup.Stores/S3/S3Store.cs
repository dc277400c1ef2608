using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.S3;

/// <summary>A prefix of a bucket, of Amazon's or another server's.</summary>
internal sealed class S3Store : RemoteStore
{
    private readonly AmazonS3Client _client;
    private readonly string _prefix;

    /// <summary>Makes the client. Nothing is asked of the server.</summary>
    public S3Store(StoreLocation root, StoreSettings settings)
        : base(root, settings)
    {
        _prefix = root.Path.Length == 0 || root.IsFolder ? root.Path : root.Path + "/";
        _client = Guard("", () => S3ClientFactory.Create(root, settings));
    }

    // Servers other than Amazon's take the condition and may not heed it.
    public override StorePromises Promises =>
        StorePromises.AtomicReplace | StorePromises.Durable | (S3ClientFactory.EndpointOf(Settings) is null ? StorePromises.ExclusiveNames : StorePromises.None);

    public override void Dispose() => _client.Dispose();

    protected override StoredFile? Look(string name, CancellationToken cancellationToken) =>
        Head(name, cancellationToken) is GetObjectMetadataResponse head ? Describe(name, head) : null;

    protected override IEnumerable<StoredFile> Enumerate(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = Root.Root, Prefix = _prefix + prefix, Delimiter = recurse ? null : "/" };
        do
        {
            ListObjectsV2Response page = _client.ListObjectsV2Async(request, cancellationToken).GetAwaiter().GetResult();
            foreach (S3Object item in page.S3Objects ?? [])
            {
                yield return new StoredFile(item.Key[_prefix.Length..], item.Size ?? 0, item.LastModified?.ToUniversalTime() ?? default);
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    protected override Stream Open(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = Root.Root, Key = _prefix + name };
        if (offset > 0 || length is not null)
        {
            request.ByteRange = new ByteRange($"bytes={offset}-{(length is long bound ? offset + bound - 1 : null)}");
        }

        try
        {
            GetObjectResponse response = _client.GetObjectAsync(request, cancellationToken).GetAwaiter().GetResult();
            return new DownloadStream(this, name, response.ResponseStream, response.ContentLength, response, Settings.Timeout, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The file ends before the range.
            return Stream.Null;
        }
    }

    protected override StoredFile Upload(
        string name, UploadStream source, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        var upload = new S3Upload(_client, Root.Root, _prefix + name, Settings, mode, cancellationToken);
        string etag;
        try
        {
            etag = upload.Send(source);
        }
        catch (AmazonS3Exception exception) when (S3Upload.IsTaken(exception) && upload.ETag is string sent && Head(name, cancellationToken)?.ETag?.Trim('"') == sent)
        {
            // The answer to an earlier try was lost on its way: the file is ours.
            etag = sent;
        }

        GetObjectMetadataResponse? head = Head(name, cancellationToken);
        string? kept = head?.ETag?.Trim('"');
        if (upload.StoredETag is string own && kept is not null && kept != own && kept != etag)
        {
            // Not a lie, and not ours to remove.
            throw mode == PutMode.CreateNew ? Exists(name) : StoreErrors.Unavailable(PathOf(name), "somebody else replaced it at the same time", null);
        }

        try
        {
            StoredFile stored = ThrowUnlessThere(head is null ? null : Describe(name, head), name, source);
            if (kept != etag)
            {
                // With some kinds of encryption the tag is no hash of the content.
                ThrowUnlessSame(name, name, source, cancellationToken);
            }

            return stored;
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt && upload.StoredETag is not null)
        {
            Remove(name, cancellationToken);
            throw;
        }
    }

    protected override void Remove(string name, CancellationToken cancellationToken) =>
        _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Root.Root, Key = _prefix + name }, cancellationToken).GetAwaiter().GetResult();

    protected override void Sweep(CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = Root.Root, Prefix = _prefix };
        ListMultipartUploadsResponse page;
        do
        {
            try
            {
                page = _client.ListMultipartUploadsAsync(request, cancellationToken).GetAwaiter().GetResult();
            }
            catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotImplemented)
            {
                // A server that can't list them has its own way with them.
                return;
            }

            // This machine's clock will do: a store takes no request from one that goes wrong by more than minutes.
            foreach (MultipartUpload upload in (page.MultipartUploads ?? []).Where(upload => DateTime.UtcNow - upload.Initiated?.ToUniversalTime() > Settings.AbandonedAfter))
            {
                _client.AbortMultipartUploadAsync(Root.Root, upload.Key, upload.UploadId, cancellationToken).GetAwaiter().GetResult();
            }

            request.KeyMarker = page.NextKeyMarker;
            request.UploadIdMarker = page.NextUploadIdMarker;
        }
        while (page.IsTruncated == true);
    }

    protected override SqliteBackupException? Translate(Exception exception, string path) => exception switch
    {
        AmazonServiceException { StatusCode: > 0 } service => StoreErrors.FromStatus(service.StatusCode, service.ErrorCode, service.Message, path, service, TimeOf(service)),
        AmazonClientException { InnerException: null } client => StoreErrors.Refused(
            path, client.Message.TrimEnd('.'), "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or -StoreCredential; the region with -StoreOption @{ Region = '...' }.", client),
        AmazonServiceException or AmazonClientException => StoreErrors.FromNetwork(exception, path) ?? StoreErrors.Unavailable(path, exception.Message.TrimEnd('.'), exception),
        _ => null,
    };

    private static DateTimeOffset? TimeOf(AmazonServiceException exception) =>
        exception.InnerException is HttpErrorResponseException { Response: { } response }
        && DateTimeOffset.TryParseExact(response.GetHeaderValue("Date"), "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;

    private static StoredFile Describe(string name, GetObjectMetadataResponse head) =>
        new(name, head.ContentLength, head.LastModified?.ToUniversalTime() ?? default);

    private GetObjectMetadataResponse? Head(string name, CancellationToken cancellationToken)
    {
        try
        {
            return _client.GetObjectMetadataAsync(Root.Root, _prefix + name, cancellationToken).GetAwaiter().GetResult();
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }
}
