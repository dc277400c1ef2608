using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

public sealed class LocalStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private LocalStore Store => new(Path.Combine(_folder.Path, "store"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_put_is_read_listed_and_removed()
    {
        using LocalStore store = Store;
        StoredFile put = store.Put("data/ab/one", Text("first"), PutMode.CreateNew, CancellationToken.None);
        Assert.Equal(new StoredFile("data/ab/one", 5, put.ModifiedAt), store.Stat("data/ab/one", CancellationToken.None));
        Assert.Equal("irs", Read(store.OpenRead("data/ab/one", 1, 3, CancellationToken.None)));
        Assert.Equal("rst", Read(store.OpenRead("data/ab/one", 2, null, CancellationToken.None)));
        Assert.Equal(["data/ab/one"], Names(store, "data/", recurse: true));
        Assert.Empty(Names(store, "data/", recurse: false));
        store.Delete("data/ab/one", CancellationToken.None);
        store.Delete("data/ab/one", CancellationToken.None);
        Assert.Null(store.Stat("data/ab/one", CancellationToken.None));
    }

    [Fact]
    public void A_taken_name_is_an_error_unless_it_is_to_be_replaced()
    {
        using LocalStore store = Store;
        store.Put("name", Text("old"), PutMode.CreateNew, CancellationToken.None);
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("name", Text("new"), PutMode.CreateNew, CancellationToken.None));
        Assert.Equal(BackupFailure.DestinationExists, exception.Failure);
        Assert.Equal("old", Read(store.OpenRead("name", 0, null, CancellationToken.None)));
        store.Put("name", Text("newer"), PutMode.Replace, CancellationToken.None);
        Assert.Equal("newer", Read(store.OpenRead("name", 0, null, CancellationToken.None)));
    }

    [Fact]
    public void Content_that_is_not_what_it_was_said_to_be_is_not_stored()
    {
        using LocalStore store = Store;
        StoreContent content = StoreContent.FromMemory("text"u8.ToArray(), sha256: new string('0', 64));
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("name", content, PutMode.CreateNew, CancellationToken.None));
        Assert.Equal(BackupFailure.ChecksumMismatch, exception.Failure);
        Assert.Empty(Names(store, "", recurse: true));
    }

    [Fact]
    public void A_missing_root_is_empty_and_a_missing_file_is_said()
    {
        using LocalStore store = Store;
        Assert.Empty(Names(store, "", recurse: true));
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => store.OpenRead("name", 0, null, CancellationToken.None));
        Assert.Equal(BackupFailure.BackupNotFound, exception.Failure);
    }

    [Fact]
    public void What_a_killed_run_left_is_swept_in_every_folder_and_what_is_in_use_stays()
    {
        using LocalStore store = Store;
        store.Put("deep/er/name", Text("text"), PutMode.CreateNew, CancellationToken.None);
        string abandoned = Path.Combine(store.Location, "deep", "er", "other.partial-0123456789abcdef");
        string used = Path.Combine(store.Location, "used.partial-0123456789abcdef");
        File.WriteAllText(abandoned, "half");
        using (new FileStream(used, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            store.SweepAbandoned(CancellationToken.None);
            Assert.False(File.Exists(abandoned));
            Assert.True(File.Exists(used));
        }

        Assert.Equal(["deep/er/name"], Names(store, "", recurse: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../name")]
    [InlineData("a//b")]
    [InlineData("/etc/name")]
    [InlineData("a\nb")]
    public void A_name_never_leads_out_of_the_store(string name)
    {
        using LocalStore store = Store;
        Assert.Throws<ArgumentException>(() => store.Put(name, Text("text"), PutMode.CreateNew, CancellationToken.None));
    }

    private static StoreContent Text(string text) => StoreContent.FromMemory(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Names(LocalStore store, string prefix, bool recurse) =>
        store.List(prefix, recurse, CancellationToken.None).Select(file => file.Name);
}
