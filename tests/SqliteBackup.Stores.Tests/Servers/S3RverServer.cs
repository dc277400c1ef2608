namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>s3rver: a server that answers 200 to much, and heeds little of what it is told.</summary>
public sealed class S3RverServer : S3Server, IStoreServer
{
    public S3RverServer()
    {
        string node = Programs.Find("node", "nodejs");
        string script = Programs.FindScript("s3rver", "bin/s3rver.js");
        Start(node, [script, "-d", Folder["s3"], "-a", "127.0.0.1", "-p", $"{Port}", "--configure-bucket", Bucket]);
        WaitUntilReady();
    }

    public override string AccessKey => "S3RVER";

    public override string SecretKey => "S3RVER";

    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null) => this.OpenPlace(place, settings, port);

    public void Fill(string place, int count) => this.FillPlace(place, count);
}
