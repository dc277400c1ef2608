namespace SqliteBackup.Stores.Tests.Servers;

/// <summary>Places in Ceph's gateway.</summary>
public sealed class RadosStoreServer : RadosGateway, IStoreServer
{
    public IBackupStore Open(string place, StoreSettings? settings = null, int? port = null) => this.OpenPlace(place, settings, port);

    public void Fill(string place, int count) => this.FillPlace(place, count);
}
