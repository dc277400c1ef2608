namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Places in a server that speaks S3.</summary>
internal static class S3Places
{
    public static IBackupStore OpenPlace(this S3Server server, string place, StoreSettings? settings, int? port) => BackupStores.Open(
        StoreLocation.Parse($"s3://{S3Server.Bucket}/{place}/"),
        QuickSettings.With(
            StoreScheme.S3,
            (settings ?? QuickSettings.Value) with { Credential = settings?.Credential ?? new StoreCredential(server.AccessKey, server.SecretKey) },
            (StoreOptions.EndpointUrl, S3Server.EndpointOf(port ?? server.Port))));

    public static void FillPlace(this S3Server server, string place, int count)
    {
        using IBackupStore store = server.OpenPlace(place, null, null);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            store.Put($"many/{i:D4}.db", StoreContent.FromMemory(new byte[] { (byte)i }), PutMode.Replace, CancellationToken.None));
    }
}
