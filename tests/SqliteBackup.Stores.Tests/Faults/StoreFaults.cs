using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>What no store's connection may do to a backup.</summary>
public abstract class StoreFaults<TServer> : IDisposable
    where TServer : LoopbackServer, IStoreServer, new()
{
    private const int Length = 12_000_000;

    private readonly string _place = Guid.NewGuid().ToString("N");

    protected StoreFaults(ServerFixture<TServer> fixture)
    {
        Server = fixture.Server;
        Proxy = new FaultProxy(Server.Port);
        Direct = Server.Open(_place);
    }

    /// <summary>The store without the proxy.</summary>
    private protected IBackupStore Direct { get; }

    private protected FaultProxy Proxy { get; }

    private protected TServer Server { get; }

    public void Dispose()
    {
        Direct.Dispose();
        Proxy.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_connection_cut_at_any_tenth_of_an_upload_is_tried_again()
    {
        byte[] content = StoreContents.Bytes(Length);
        int step = TestScale.Value < 1 ? 3 : 1;
        for (int tenth = 0; tenth < 10; tenth += step)
        {
            using IBackupStore store = OpenThroughProxy();
            Proxy.CutAfterSent = (tenth * (Length / 10)) + 3000;
            Proxy.Cuts = 1;
            store.Put($"file-{tenth}", StoreContents.Of(content), PutMode.CreateNew, CancellationToken.None);
            Proxy.Cuts = 0;
            Assert.Equal(content, StoreContents.Read(Direct, $"file-{tenth}"));
        }

        Assert.Equal((9 / step) + 1, StoreContents.Names(Direct).Length);
    }

    [Fact]
    public void A_connection_that_is_always_cut_leaves_nothing_that_is_listed()
    {
        using IBackupStore store = OpenThroughProxy();
        Proxy.CutAfterSent = 1_000_000;
        Proxy.Cuts = int.MaxValue;
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("file", StoreContents.Of(StoreContents.Bytes(Length)), PutMode.CreateNew, CancellationToken.None));
        Assert.Equal(BackupFailure.StoreUnavailable, exception.Failure);
        Proxy.Cuts = 0;
        Assert.Empty(StoreContents.Names(Direct));
    }

    [Fact]
    public void A_download_that_is_cut_is_read_on()
    {
        byte[] content = StoreContents.Bytes(Length);
        Direct.Put("file", StoreContents.Of(content), PutMode.CreateNew, CancellationToken.None);
        using IBackupStore store = OpenThroughProxy();
        Proxy.CutAfterReceived = Length / 3;
        Proxy.Cuts = 2;
        Assert.Equal(content, StoreContents.Read(store, "file"));
        Assert.True(Proxy.Cuts <= 0, "nothing was cut");
        Proxy.Cuts = int.MaxValue;
        Proxy.CutAfterReceived = 1000;
        Assert.Equal(BackupFailure.StoreUnavailable, Assert.Throws<SqliteBackupException>(() => StoreContents.Read(store, "file")).Failure);
    }

    [Fact]
    public void A_server_that_is_gone_is_unavailable()
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() =>
        {
            using IBackupStore store = Server.Open(_place, port: LoopbackServer.FreePort());
            StoreContents.Names(store);
        });
        Assert.Equal(BackupFailure.StoreUnavailable, exception.Failure);
    }

    private protected IBackupStore OpenThroughProxy() => Server.Open(_place, port: Proxy.Port);
}
