using Amazon.S3;

namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Places in a server that speaks S3.</summary>
internal static class S3Places
{
    public static IBackupStore OpenPlace(this S3Server server, string place, StoreSettings? settings, int? port, string bucket = S3Server.Bucket) => BackupStores.Open(
        StoreLocation.Parse($"s3://{bucket}/{place}/"),
        QuickSettings.With(
            StoreScheme.S3,
            (settings ?? QuickSettings.Value) with { Credential = settings?.Credential ?? new StoreCredential(server.AccessKey, server.SecretKey) },
            (StoreOptions.EndpointUrl, S3Server.EndpointOf(port ?? server.Port))));

    /// <summary>The protocol's own library, for what no store of ours does.</summary>
    public static AmazonS3Client NewClient(this S3Server server) => new(
        server.AccessKey, server.SecretKey, new AmazonS3Config { ServiceURL = server.Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    public static void FillPlace(this S3Server server, string place, int count)
    {
        using IBackupStore store = server.OpenPlace(place, null, null);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            store.Put($"many/{i:D4}.db", StoreContent.FromMemory(new byte[] { (byte)i }), PutMode.Replace, CancellationToken.None));
    }
}
