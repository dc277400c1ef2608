using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

/// <summary>What every store does alike.</summary>
public abstract class StoreBehaviour<TServer> : IDisposable
    where TServer : class, IStoreServer, IDisposable, new()
{
    private const int SeveralParts = 20_000_001;

    private readonly string _place = Guid.NewGuid().ToString("N");

    protected StoreBehaviour(ServerFixture<TServer> fixture)
    {
        Server = fixture.Server;
        Store = Server.Open(_place);
    }

    protected IBackupStore Store { get; }

    private TServer Server { get; }

    public void Dispose()
    {
        Store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void What_is_put_is_read_listed_and_removed()
    {
        StoredFile put = Put("data/ab/one", StoreContents.Of("first"));
        Assert.Equal(5, put.Bytes);
        Assert.Equal(put.Name, Store.Stat("data/ab/one", CancellationToken.None)?.Name);
        Assert.Equal(5, Store.Stat("data/ab/one", CancellationToken.None)?.Bytes);
        Assert.InRange(DateTime.UtcNow - put.ModifiedAt, TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(5));
        Assert.Equal("irs"u8, StoreContents.Read(Store, "data/ab/one", 1, 3));
        Assert.Equal("rst"u8, StoreContents.Read(Store, "data/ab/one", 2));
        Assert.Equal("t"u8, StoreContents.Read(Store, "data/ab/one", 4, 100));
        Assert.Empty(StoreContents.Read(Store, "data/ab/one", 5));
        Assert.Equal(["data/ab/one"], StoreContents.Names(Store, "data/"));
        Assert.Empty(StoreContents.Names(Store, "data/", recurse: false));
        Assert.Equal(["data/ab/one"], StoreContents.Names(Store, "data/ab/o", recurse: false));
        Store.Delete("data/ab/one", CancellationToken.None);
        Store.Delete("data/ab/one", CancellationToken.None);
        Assert.Null(Store.Stat("data/ab/one", CancellationToken.None));
    }

    [Fact]
    public void A_taken_name_is_an_error_unless_it_is_to_be_replaced()
    {
        Put("name", StoreContents.Of("old"));
        Assert.Equal(BackupFailure.DestinationExists, FailureOf(() => Put("name", StoreContents.Of("new"))));
        Assert.Equal("old"u8, StoreContents.Read(Store, "name"));
        Put("name", StoreContents.Of("newer"), PutMode.Replace);
        Assert.Equal("newer"u8, StoreContents.Read(Store, "name"));
        Assert.Equal(["name"], StoreContents.Names(Store));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(SeveralParts)]
    public void Content_that_is_not_what_it_was_said_to_be_is_not_stored(int length)
    {
        StoreContent content = StoreContent.FromMemory(StoreContents.Bytes(length), sha256: new string('0', 64));
        Assert.Equal(BackupFailure.ChecksumMismatch, FailureOf(() => Put("name", content)));
        Assert.Empty(StoreContents.Names(Store));
        Assert.Null(Store.Stat("name", CancellationToken.None));
    }

    [Fact]
    public void An_empty_place_is_empty_and_a_missing_file_is_said()
    {
        Assert.Empty(StoreContents.Names(Store));
        Assert.Empty(StoreContents.Names(Store, "none/"));
        Assert.Null(Store.Stat("none", CancellationToken.None));
        Assert.Null(Store.Stat("none/none", CancellationToken.None));
        Assert.Equal(BackupFailure.BackupNotFound, FailureOf(() => StoreContents.Read(Store, "none")));
        Store.Delete("none/none", CancellationToken.None);
        Store.SweepAbandoned(CancellationToken.None);
    }

    [Fact]
    public void Odd_names_are_kept_as_they_are()
    {
        string[] names =
        [
            "#hash?query.db", "[x]*.db", "a+b&c=d%20;.db", "deep/er/est/file.db", "quote'`$().db", "two  spaces and a dot..db", "~tilde.db", "ü – 🦊.db",
        ];
        Assert.All(names, name => Put(name, StoreContents.Of(name)));
        Assert.Equal(names, StoreContents.Names(Store));
        Assert.All(names, name => Assert.Equal(System.Text.Encoding.UTF8.GetBytes(name), StoreContents.Read(Store, name)));
        Assert.All(names, name => Store.Delete(name, CancellationToken.None));
        Assert.Empty(StoreContents.Names(Store));
    }

    [Fact]
    public void Many_files_are_listed()
    {
        int count = Math.Max(250, TestScale.Count(1000));
        Server.Fill(_place, count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"many/{i:D4}.db"), StoreContents.Names(Store));
        Assert.Equal(count, StoreContents.Names(Store, "many/", recurse: false).Length);
        Assert.Equal(100, StoreContents.Names(Store, "many/01", recurse: false).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SeveralParts)]
    public void Files_of_any_length_come_back(int length)
    {
        byte[] content = StoreContents.Bytes(length);
        Put("file", StoreContents.Of(content));
        Assert.Equal(content, StoreContents.Read(Store, "file"));
        Assert.Equal(content[(length / 2)..], StoreContents.Read(Store, "file", length / 2));
    }

    [Fact]
    public void Two_writers_of_one_name_leave_one_whole_file()
    {
        byte[][] contents = [StoreContents.Bytes(500_000, 1), StoreContents.Bytes(500_000, 2)];
        Exception?[] results = new Exception?[2];
        using var other = Server.Open(_place);
        IBackupStore[] stores = [Store, other];
        Parallel.For(0, 2, i => results[i] = Record.Exception(() => stores[i].Put("name", StoreContents.Of(contents[i]), PutMode.CreateNew, CancellationToken.None)));
        int won = results.Count(result => result is null);
        bool isExclusive = Store.Promises.HasFlag(StorePromises.ExclusiveNames);
        // Where both may write, one can find the other's half of a file under the name.
        BackupFailure[] losses = isExclusive ? [BackupFailure.DestinationExists] : [BackupFailure.DestinationExists, BackupFailure.StoreCorrupt];
        Assert.All(results.OfType<Exception>(), result => Assert.Contains(Assert.IsType<SqliteBackupException>(result).Failure, losses));
        Assert.InRange(won, 1, isExclusive ? 1 : 2);
        byte[] kept = StoreContents.Read(Store, "name");
        Assert.Contains(contents, content => content.AsSpan().SequenceEqual(kept));
        Assert.True(won == 2 || kept.AsSpan().SequenceEqual(contents[Array.IndexOf(results, null)]));
        Assert.Equal(["name"], StoreContents.Names(Store));
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(SeveralParts)]
    public void One_that_is_cancelled_leaves_nothing(int length)
    {
        using var cancel = new CancellationTokenSource();
        var content = new InterruptedContent(StoreContents.Bytes(length), length / 2, cancel.Cancel);
        Assert.ThrowsAny<OperationCanceledException>(() => Store.Put("name", content, PutMode.CreateNew, cancel.Token));
        Assert.Empty(StoreContents.Names(Store));
        Put("name", StoreContents.Of("another"));
    }

    [Fact]
    public void What_the_source_throws_is_not_taken_for_the_stores_fault()
    {
        var content = new InterruptedContent(StoreContents.Bytes(SeveralParts), SeveralParts / 2, () => throw new IOException("the disk is gone"));
        Assert.Contains("the disk is gone", Assert.ThrowsAny<Exception>(() => Put("name", content)).Message, StringComparison.Ordinal);
        Assert.Empty(StoreContents.Names(Store));
    }

    [Fact]
    public void Several_threads_use_one_store()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            byte[] content = StoreContents.Bytes(100_000, i);
            Put($"file-{i}", StoreContents.Of(content));
            Assert.Equal(content, StoreContents.Read(Store, $"file-{i}"));
        });
        Assert.Equal(8, StoreContents.Names(Store).Length);
    }

    private static BackupFailure FailureOf(Action action) => Assert.Throws<SqliteBackupException>(action).Failure;

    private StoredFile Put(string name, StoreContent content, PutMode mode = PutMode.CreateNew) => Store.Put(name, content, mode, CancellationToken.None);
}
