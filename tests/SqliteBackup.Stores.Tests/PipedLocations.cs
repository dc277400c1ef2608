using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>Locations that come by pipeline, as texts, as objects and as the rows of a CSV, and with wildcards: alike in every cmdlet that names backups.</summary>
public abstract class PipedLocations<TServer>(ServerFixture<TServer> fixture) : IDisposable
    where TServer : LoopbackServer, IStoreServer, new()
{
    private readonly TempFolder _folder = new();

    private protected TServer Server => fixture.Server;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Each_cmdlet_takes_them()
    {
        string place = Guid.NewGuid().ToString("N");
        using IBackupStore store = Server.Open(place);
        string location = store.Location;
        string app = new SampleDatabase { Megabytes = 0.1 }.Create(_folder["app.db"]);
        string blog = new SampleDatabase { Megabytes = 0.1 }.Create(_folder["blog.db"]);
        File.WriteAllLines(_folder["backups.csv"], ["Path,Destination", $"{app},{location}app.db", $"{blog},{location}blog.db"]);
        File.WriteAllLines(_folder["restores.csv"], ["Path,Destination", $"{location}app.db,{_folder["one.db"]}", $"{location}bl*,{_folder["two.db"]}"]);
        Login login = Login;
        string script = $$"""
            $to = @{ StoreOption = {{login.Options}}; StagingPath = '{{_folder["staging"]}}' }
            function Say($what, $lines) { "$what=$(@($lines | Sort-Object) -join ' ')" }
            Say csv (Import-Csv '{{_folder["backups.csv"]}}' | Backup-SqliteDatabase @to | ForEach-Object { $_.Backup.Substring({{location.Length}}) })
            Say value ('{{location}}app.db', '{{location}}bl*' | Test-SqliteBackup @to | ForEach-Object Status)
            Say folder ('{{location}}' | Get-SqliteBackup @to | ForEach-Object { $_.Backup.Substring({{location.Length}}) })
            Say listed ([pscustomobject]@{ Path = '{{location}}a*' } | Get-SqliteBackup @to | ForEach-Object { $_.Backup.Substring({{location.Length}}) })
            Say wildcard (Get-SqliteBackup '{{location}}*g.db' @to | ForEach-Object { $_.Backup.Substring({{location.Length}}) })
            Say property ([pscustomobject]@{ Path = '{{location}}app.db' }, [pscustomobject]@{ Backup = '{{location}}blog.db' } | Test-SqliteBackup @to | ForEach-Object Status)
            Say objects (Get-SqliteBackup '{{location}}' @to | Test-SqliteBackup @to | ForEach-Object Status)
            Say restored (Import-Csv '{{_folder["restores.csv"]}}' | Restore-SqliteDatabase -PassThru @to | ForEach-Object { Split-Path -Leaf $_.Database })
            Say exported ('{{location}}app*' | Export-SqliteDatabase -Destination '{{_folder["app.sql"]}}' @to | ForEach-Object { Split-Path -Leaf $_.Backup })
            Say copied (Get-SqliteBackup '{{location}}a*' @to | Copy-SqliteBackup -Destination '{{location}}more/' @to | ForEach-Object { $_.Backup.Substring({{location.Length}}) })
            Backup-SqliteDatabase '{{app}}' '{{location}}app2.db' @to | Out-Null
            Say removed ('{{location}}app*' | Remove-SqliteBackup -KeepLast 1 -Force @to | ForEach-Object { "$($_.Action):$(Split-Path -Leaf $_.Backup)" })
            """;
        using var run = new ModuleRun(script, login.Environment);

        (int code, string output, string error) = run.Join();

        TestContext.Current.TestOutputHelper?.WriteLine(output + error);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            [
                "csv=app.db blog.db", "value=Ok Ok", "folder=app.db blog.db", "listed=app.db", "wildcard=blog.db", "property=Ok Ok", "objects=Ok Ok", "restored=one.db two.db",
                "exported=app.sql", "copied=more/app.db", "removed=Removed:app.db",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(DatabaseContent.Of(app), DatabaseContent.Of(_folder["one.db"]));
        Assert.Equal(DatabaseContent.Of(blog), DatabaseContent.Of(_folder["two.db"]));
        Assert.Equal(["app2.db", "app2.db.json", "blog.db", "blog.db.json", "more/app.db", "more/app.db.json"], StoreContents.Names(store));
        Assert.False(Directory.Exists(_folder["staging"]) && Directory.GetFileSystemEntries(_folder["staging"]).Length > 0);
    }

    /// <summary>How the second process logs in.</summary>
    private protected abstract Login Login { get; }
}

public sealed class SftpPipedLocations(ServerFixture<SshStoreServer> fixture) : PipedLocations<SshStoreServer>(fixture)
{
    private protected override Login Login => Login.To(Server);
}

public sealed class RadosPipedLocations(ServerFixture<RadosStoreServer> fixture) : PipedLocations<RadosStoreServer>(fixture)
{
    private protected override Login Login => Login.To(Server, Server.Port);
}
