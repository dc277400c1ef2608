using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Azure;

/// <summary>A prefix of a container in Azure Blob Storage.</summary>
internal sealed class AzureBlobStore : RemoteStore
{
    private readonly BlobContainerClient _container;
    private readonly string _prefix;

    /// <summary>Makes the client. Nothing is asked of the server.</summary>
    public AzureBlobStore(StoreLocation root, StoreSettings settings)
        : base(root, settings)
    {
        _prefix = root.Path.Length == 0 || root.IsFolder ? root.Path : root.Path + "/";
        _container = Guard("", () => AzureClientFactory.Create(root, settings));
    }

    public override StorePromises Promises => StorePromises.ExclusiveNames | StorePromises.AtomicReplace | StorePromises.Durable;

    public override void Dispose()
    {
    }

    protected override StoredFile? Look(string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties properties = BlobOf(name).GetProperties(null, cancellationToken);
            return new StoredFile(name, properties.ContentLength, properties.LastModified.UtcDateTime);
        }
        catch (RequestFailedException exception) when (exception.Status == 404 && exception.ErrorCode != "ContainerNotFound")
        {
            return null;
        }
    }

    protected override IEnumerable<StoredFile> Enumerate(string prefix, bool recurse, CancellationToken cancellationToken)
    {
        IEnumerable<BlobItem> items = recurse
            ? _container.GetBlobs(new GetBlobsOptions { Prefix = _prefix + prefix }, cancellationToken)
            : _container.GetBlobsByHierarchy(new GetBlobsByHierarchyOptions { Prefix = _prefix + prefix, Delimiter = "/" }, cancellationToken)
                .Where(item => item.IsBlob)
                .Select(item => item.Blob);
        return items.Select(item => new StoredFile(
            item.Name[_prefix.Length..], item.Properties.ContentLength ?? 0, item.Properties.LastModified?.UtcDateTime ?? default));
    }

    protected override Stream Open(string name, long offset, long? length, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions();
            if (offset > 0 || length is not null)
            {
                options.Range = new HttpRange(offset, length);
            }

            BlobDownloadStreamingResult result = BlobOf(name).DownloadStreaming(options, cancellationToken);
            return new DownloadStream(this, name, result.Content, result.Details.ContentLength, result, Settings.Timeout, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 416)
        {
            // The file ends before the range.
            return Stream.Null;
        }
    }

    protected override StoredFile Upload(
        string name, UploadStream source, StoreContent content, PutMode mode, CancellationToken cancellationToken)
    {
        bool verified = new AzureUpload(BlobOf(name), Settings, mode, cancellationToken).Send(source);
        try
        {
            StoredFile stored = ThrowUnlessThere(Look(name, cancellationToken), name, source);
            if (!verified)
            {
                ThrowUnlessSame(name, name, source, cancellationToken);
            }

            return stored;
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.StoreCorrupt)
        {
            Remove(name, cancellationToken);
            throw;
        }
    }

    protected override void Remove(string name, CancellationToken cancellationToken) =>
        BlobOf(name).DeleteIfExists(DeleteSnapshotsOption.None, null, cancellationToken);

    // Blocks that were never committed are nobody's: Azure removes them after a week.
    protected override void Sweep(CancellationToken cancellationToken)
    {
    }

    protected override SqliteBackupException? Translate(Exception exception, string path) => exception switch
    {
        RequestFailedException { Status: > 0 } failed => StoreErrors.FromStatus(
            (System.Net.HttpStatusCode)failed.Status, failed.ErrorCode, failed.Message.Split('\n')[0], path, failed, failed.GetRawResponse()?.Headers.Date),
        global::Azure.Identity.AuthenticationFailedException => StoreErrors.Refused(
            path,
            exception.Message.Split('\n')[0].TrimEnd('.'),
            "Set AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_SAS_TOKEN, log in with 'az login', or use -StoreCredential.",
            exception),
        _ => null,
    };

    private BlockBlobClient BlobOf(string name) => _container.GetBlockBlobClient(_prefix + name);
}
