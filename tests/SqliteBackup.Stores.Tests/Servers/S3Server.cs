namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>A server that speaks S3.</summary>
public abstract class S3Server : LoopbackServer, IStoreServer
{
    /// <summary>Its one bucket.</summary>
    protected const string Bucket = "test";

    /// <summary>Who may use it.</summary>
    protected abstract StoreCredential Credential { get; }

    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null) => BackupStores.Open(
        StoreLocation.Parse($"s3://{Bucket}/{place}/"),
        QuickSettings.With(StoreScheme.S3, (settings ?? QuickSettings.Value) with { Credential = settings?.Credential ?? Credential }, (StoreOptions.EndpointUrl, $"http://127.0.0.1:{port ?? Port}")));

    public void Fill(string place, int count)
    {
        using IBackupStore store = Open(place);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            store.Put($"many/{i:D4}.db", StoreContent.FromMemory(new byte[] { (byte)i }), PutMode.Replace, CancellationToken.None));
    }
}

/// <summary>s3rver: a server that answers 200 to much, and heeds little of what it is told.</summary>
public sealed class S3RverServer : S3Server
{
    public S3RverServer()
    {
        string node = Programs.Find("node", "nodejs");
        string script = Programs.FindScript("s3rver", "bin/s3rver.js");
        Start(node, [script, "-d", Folder["s3"], "-a", "127.0.0.1", "-p", $"{Port}", "--configure-bucket", Bucket]);
        WaitUntilReady();
    }

    protected override StoreCredential Credential => new("S3RVER", "S3RVER");
}
