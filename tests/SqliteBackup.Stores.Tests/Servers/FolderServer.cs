namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>A folder of this machine: what the others are measured against.</summary>
public sealed class FolderServer : IStoreServer, IDisposable
{
    private readonly TempFolder _folder = new();

    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null) =>
        BackupStores.Open(StoreLocation.Parse(_folder[place] + "/"), settings ?? QuickSettings.Value);

    public void Fill(string place, int count)
    {
        using IBackupStore store = Open(place);
        for (int i = 0; i < count; i++)
        {
            store.Put($"many/{i:D4}.db", StoreContent.FromMemory(new byte[] { (byte)i }), PutMode.CreateNew, CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Dispose();
}
