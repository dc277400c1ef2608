using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>A command whose pipeline is stopped on the way into a store or out of it, as Ctrl+C does: it ends, and leaves nothing.</summary>
public abstract class StoppedTransfers<TServer>(ServerFixture<TServer> fixture) : IDisposable
    where TServer : LoopbackServer, IStoreServer, new()
{
    private const double Megabytes = 24;
    private const int Beginning = 3_000_000;

    // What had to pass before it stopped may be on its way in buffers.
    private const long MaxPassed = 20_000_000;

    private readonly TempFolder _folder = new();
    private readonly string _place = Guid.NewGuid().ToString("N");

    private protected TServer Server => fixture.Server;

    private string Staging => _folder["staging"];

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_stopped_upload_leaves_nothing()
    {
        using var proxy = new FaultProxy(Server.Port) { SlowAfter = Beginning };
        using IBackupStore direct = Server.Open(_place);
        string database = new SampleDatabase { Megabytes = Megabytes }.Create(_folder["app.db"]);

        await Stop(proxy, location => $"Backup-SqliteDatabase '{database}' '{location}app.db'");

        Assert.InRange(proxy.Passed.Sent, Beginning, MaxPassed);
        Assert.Empty(StoreContents.Names(direct));
        Assert.Empty(Left(_place));
        Assert.Empty(Entries(Staging));
    }

    [Fact]
    public async Task A_stopped_download_leaves_nothing()
    {
        using IBackupStore direct = Server.Open(_place);
        string database = new SampleDatabase { Megabytes = Megabytes }.Create(_folder["app.db"]);
        using (var catalog = new StoreCatalog(Server.Open(_place), Directory.CreateDirectory(Staging).FullName))
        {
            DatabaseBackup.Run(
                new BackupRequest { Database = database, Destination = direct.Location + "app.db", WriteManifest = true, Catalog = catalog }, null, TestContext.Current.CancellationToken);
        }

        using var proxy = new FaultProxy(Server.Port) { SlowAfter = Beginning };
        await Stop(proxy, location => $"Restore-SqliteDatabase '{location}app.db' '{_folder["restored/app.db"]}'");

        Assert.InRange(proxy.Passed.Received, Beginning, MaxPassed);
        Assert.Equal(["app.db", "app.db.json"], StoreContents.Names(direct));
        Assert.Empty(Entries(_folder["restored"]));
        Assert.Empty(Entries(Staging));
    }

    // The folder itself is the command's to make and to remove.
    private static string[] Entries(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];

    /// <summary>How the second process logs in.</summary>
    private protected abstract Login LoginTo(int port);

    /// <summary>What takes room in the store and is no file.</summary>
    private protected abstract string[] Left(string place);

    private async Task Stop(FaultProxy proxy, Func<string, string> commandFor)
    {
        Login login = LoginTo(proxy.Port);
        string location;
        using (IBackupStore proxied = Server.Open(_place, port: proxy.Port))
        {
            location = proxied.Location;
        }

        string command = $"{commandFor(location)} -StoreOption {login.Options} -StagingPath '{Staging}'";
        string go = _folder["go"];
        using var run = new ModuleRun(
            $$"""
            $shell = [powershell]::Create().AddScript(@'
            Import-Module '{{BuildPaths.StagedModule}}'; {{command}}
            '@)
            $running = $shell.BeginInvoke()
            while (-not (Test-Path '{{go}}') -and -not $running.IsCompleted) { Start-Sleep -Milliseconds 20 }
            $shell.Stop()
            "$($shell.InvocationStateInfo.State) $($shell.Streams.Error)"
            """,
            login.Environment);
        Task<(int ExitCode, string Output, string Error)> ended = Task.Run(run.Join);
        await Task.WhenAny(proxy.Slowed, ended);
        File.WriteAllText(go, "");
        (int code, string output, string error) = await ended;
        Assert.Equal((0, "Stopped", ""), (code, output.Trim(), error));
    }
}

public sealed class SftpStoppedTransfers(ServerFixture<SshStoreServer> fixture) : StoppedTransfers<SshStoreServer>(fixture)
{
    private protected override Login LoginTo(int port) => Login.To(Server);

    private protected override string[] Left(string place) => Unfinished.In(Server, place);
}

public sealed class RadosStoppedTransfers(ServerFixture<RadosStoreServer> fixture) : StoppedTransfers<RadosStoreServer>(fixture)
{
    private protected override Login LoginTo(int port) => Login.To(Server, port);

    private protected override string[] Left(string place) => Unfinished.In(Server, place);
}
