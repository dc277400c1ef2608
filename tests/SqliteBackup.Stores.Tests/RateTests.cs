using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>A rate holds over a network, on the way in and on the way out.</summary>
public abstract class RateTests<TServer>(ServerFixture<TServer> fixture) : IDisposable
    where TServer : class, IStoreServer, IDisposable, new()
{
    private const long Rate = 8 << 20;

    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    // Only the least time is held against it: that no machine is too slow for.
    [Fact]
    public void What_is_copied_into_a_store_and_out_of_it_takes_its_time()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using var folders = new FolderCatalog();
        using IBackupStore store = fixture.Server.Open(Guid.NewGuid().ToString("N"));
        using var catalog = new StoreCatalog(store, Directory.CreateDirectory(_folder["staging"]).FullName);
        string database = new SampleDatabase { Megabytes = 8 }.Create(_folder["app.db"]);
        BackupResult made = DatabaseBackup.Run(
            new BackupRequest { Database = database, Destination = _folder["out/app.db"], WriteManifest = true, Catalog = folders }, null, token);
        TimeSpan least = TimeSpan.FromSeconds((double)made.StoredBytes / Rate * 0.8);

        TimeSpan Copy(BackupCatalog from, string source, BackupCatalog to, string destination, long? rate)
        {
            var clock = Stopwatch.StartNew();
            BackupCopy.Run(
                new BackupCopyRequest { Source = source, SourceCatalog = from, Destination = destination, DestinationCatalog = to, MaxBytesPerSecond = rate },
                (_, _) => { },
                null,
                token);
            return clock.Elapsed;
        }

        Assert.True(Copy(folders, made.Backup, catalog, store.Location + "app.db", Rate) >= least, "the upload was faster");
        Assert.True(Copy(catalog, store.Location + "app.db", folders, _folder["back/app.db"], Rate) >= least, "the download was faster");
        Assert.Equal(DatabaseContent.Of(database), DatabaseContent.Of(_folder["back/app.db"]));
    }
}

public sealed class SftpRate(ServerFixture<SshStoreServer> fixture) : RateTests<SshStoreServer>(fixture);

public sealed class RadosRate(ServerFixture<RadosStoreServer> fixture) : RateTests<RadosStoreServer>(fixture);
