using Azure.Storage;
using Azure.Storage.Blobs;

namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Azurite, Microsoft's own stand-in for Azure Storage.</summary>
public sealed class AzuriteServer : LoopbackServer, IStoreServer
{
    private const string Account = "devstoreaccount1";

    // Azurite's own, which its documentation names.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    public AzuriteServer()
    {
        string node = Programs.Find("node", "nodejs");
        string script = Programs.FindScript("azurite", "dist/src/blob/main.js");
        Start(
            node,
            [script, "--silent", "--disableTelemetry", "-l", Folder["azurite"], "--blobHost", "127.0.0.1", "--blobPort", $"{Port}", "--skipApiVersionCheck"]);
        WaitUntilReady();
        new BlobContainerClient(new Uri($"http://127.0.0.1:{Port}/{Account}/test"), new StorageSharedKeyCredential(Account, Key)).CreateIfNotExists();
    }

    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null) => BackupStores.Open(
        StoreLocation.Parse($"azblob://{Account}/test/{place}/"),
        QuickSettings.With(
            StoreScheme.AzureBlob,
            (settings ?? QuickSettings.Value) with { Credential = settings?.Credential ?? new StoreCredential(Account, Key) },
            (StoreOptions.EndpointUrl, $"http://127.0.0.1:{port ?? Port}/{Account}")));

    public void Fill(string place, int count)
    {
        using IBackupStore store = Open(place);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            store.Put($"many/{i:D4}.db", StoreContent.FromMemory(new byte[] { (byte)i }), PutMode.Replace, CancellationToken.None));
    }
}
