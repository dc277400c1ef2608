using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>What a run leaves that was killed in the middle of its upload: nothing that is listed, and nothing that the next one does not remove.</summary>
public abstract class KilledUploads<TServer>(ServerFixture<TServer> fixture) : IDisposable
    where TServer : LoopbackServer, IStoreServer, new()
{
    private const double Megabytes = 14;

    private readonly TempFolder _folder = new();

    private protected string Place { get; } = Guid.NewGuid().ToString("N");

    private protected TServer Server => fixture.Server;

    private string Staging => _folder["staging"];

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_killed_upload_is_not_listed_and_swept_by_the_next_run()
    {
        using var proxy = new FaultProxy(Server.Port) { HoldAfterSent = 9_000_000 };
        using IBackupStore direct = Server.Open(Place);
        string database = new SampleDatabase { Megabytes = Megabytes }.Create(_folder["app.db"]);
        Login login = LoginTo(proxy.Port);
        using (IBackupStore proxied = Server.Open(Place, port: proxy.Port))
        using (var run = new ModuleRun(
            $"Backup-SqliteDatabase '{database}' '{proxied.Location}app.db' -StoreOption {login.Options} -StagingPath '{Staging}'", login.Environment))
        {
            await run.KillAfter(proxy.Held);
        }

        Assert.Empty(StoreContents.Names(direct));
        Assert.NotEmpty(Directory.GetFiles(Staging));
        Assert.NotEmpty(Left());

        // A day later. The store's clock shows whole seconds.
        using var catalog = new StoreCatalog(Server.Open(Place, QuickSettings.Value with { AbandonedAfter = TimeSpan.FromSeconds(-10) }), Staging);
        string destination = direct.Location + "app.db";
        catalog.SweepFolderOf(destination);
        Assert.Empty(Left());
        DatabaseBackup.Run(
            new BackupRequest { Database = database, Destination = destination, WriteManifest = true, Catalog = catalog }, null, TestContext.Current.CancellationToken);

        Assert.Equal(["app.db", "app.db.json"], StoreContents.Names(direct));
        Assert.Empty(Directory.GetFileSystemEntries(Staging));
        using FetchedBackup fetched = catalog.Fetch(destination, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(DatabaseContent.Of(database), DatabaseContent.Of(fetched.Path));
    }

    /// <summary>How the second process logs in.</summary>
    private protected abstract Login LoginTo(int port);

    /// <summary>What takes room in the store and is no file.</summary>
    private protected abstract string[] Left();
}

public sealed class SftpKilledUploads(ServerFixture<SshStoreServer> fixture) : KilledUploads<SshStoreServer>(fixture)
{
    private protected override Login LoginTo(int port) => Login.To(Server);

    private protected override string[] Left() => Unfinished.In(Server, Place);
}

public sealed class RadosKilledUploads(ServerFixture<RadosStoreServer> fixture) : KilledUploads<RadosStoreServer>(fixture)
{
    private protected override Login LoginTo(int port) => Login.To(Server, port);

    private protected override string[] Left() => Unfinished.In(Server, Place);
}
