using Amazon.S3;
using Amazon.S3.Model;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>What takes room in a place of a store and is no file.</summary>
internal static class Unfinished
{
    public static string[] In(SshStoreServer server, string place) => Directory.GetFiles(server.FolderOf(place), "*.partial-*");

    public static string[] In(RadosStoreServer server, string place)
    {
        using AmazonS3Client client = server.NewClient();
        ListMultipartUploadsResponse uploads = client.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = S3Server.Bucket, Prefix = place }, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return [.. (uploads.MultipartUploads ?? []).Select(upload => upload.Key)];
    }
}
