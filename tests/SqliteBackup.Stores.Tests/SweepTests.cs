using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>What a killed upload leaves is never listed, and goes when nobody can be at it any more.</summary>
public sealed class SweepTests(ServerFixture<SshStoreServer> fixture)
{
    private const string Suffix = ".partial-0123456789abcdef";

    private SshStoreServer Server => fixture.Server;

    [Fact]
    public void What_is_a_day_old_goes_and_what_is_younger_stays_unlisted()
    {
        using IBackupStore store = Server.Open("sweep");
        store.Put("deep/file", StoreContents.Of("text"), PutMode.CreateNew, CancellationToken.None);
        string old = Leave("old", DateTime.UtcNow.AddDays(-2));
        string young = Leave("young", DateTime.UtcNow);

        Assert.Equal(["deep/file"], StoreContents.Names(store));
        store.SweepAbandoned(CancellationToken.None);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.Equal("text"u8, StoreContents.Read(store, "deep/file"));
    }

    [Fact]
    public void A_server_that_is_full_says_so_and_keeps_nothing()
    {
        using SmallFileSystem? small = SmallFileSystem.TryMount(Server.FolderOf("full"), 4);
        Assert.SkipWhen(small is null, "Mounting a small file system takes Linux and its administrator's rights.");
        using IBackupStore store = Server.Open("full");

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("file", StoreContents.Of(StoreContents.Bytes(6_000_000)), PutMode.CreateNew, CancellationToken.None));

        Assert.Equal(BackupFailure.DestinationFull, exception.Failure);
        Assert.Empty(Directory.GetFileSystemEntries(Server.FolderOf("full")));
    }

    private string Leave(string name, DateTime written)
    {
        string path = Path.Combine(Server.FolderOf("sweep"), "deep", name + Suffix);
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, written);
        return path;
    }
}
