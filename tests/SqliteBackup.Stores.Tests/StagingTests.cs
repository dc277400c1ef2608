using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>A staging folder that is full: it is named, and nothing is left there or in the store.</summary>
public sealed class StagingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FolderServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    // The smaller has room for its copy, and none for what it is compressed to: that shows only on the way.
    [Theory]
    [InlineData(6)]
    [InlineData(3)]
    public void A_backup_that_has_no_room_names_the_folder_and_leaves_nothing(double megabytes)
    {
        using SmallFileSystem small = Mount();
        string database = new SampleDatabase { Megabytes = megabytes }.Create(_folder["app.db"]);
        using IBackupStore store = _server.Open("place");
        using var catalog = new StoreCatalog(_server.Open("place"), Staging);
        var request = new BackupRequest
        {
            Database = database,
            Destination = store.Location + "app.db.zst",
            Compression = BackupCompression.Zstd,
            WriteManifest = true,
            Catalog = catalog,
        };

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => DatabaseBackup.Run(request, null, TestContext.Current.CancellationToken));

        AssertSaid(exception);
        Assert.Empty(StoreContents.Names(store));
    }

    [Fact]
    public void A_download_that_has_no_room_names_the_folder_and_leaves_nothing()
    {
        using SmallFileSystem small = Mount();
        using IBackupStore store = _server.Open("place");
        store.Put("app.db", StoreContents.Of(StoreContents.Bytes(6_000_000)), PutMode.CreateNew, CancellationToken.None);
        using var catalog = new StoreCatalog(_server.Open("place"), Staging);

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => catalog.Fetch(store.Location + "app.db", (_, _) => { }, TestContext.Current.CancellationToken));

        AssertSaid(exception);
    }

    private string Staging => _folder["staging"];

    private SmallFileSystem Mount()
    {
        SmallFileSystem? small = SmallFileSystem.TryMount(Staging, 4);
        Assert.SkipWhen(small is null, "Mounting a small file system takes Linux and its administrator's rights.");
        return small!;
    }

    private void AssertSaid(SqliteBackupException exception)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
        Assert.Equal(BackupFailure.DestinationFull, exception.Failure);
        Assert.Contains(Staging, exception.Message, StringComparison.Ordinal);
        Assert.Contains("-StagingPath", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Staging));
    }
}
