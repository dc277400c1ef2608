using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>What stores that speak HTTP answer when they fail.</summary>
public abstract class HttpFaults<TServer>(ServerFixture<TServer> fixture) : StoreFaults<TServer>(fixture)
    where TServer : LoopbackServer, IStoreServer, new()
{
    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Slow Down")]
    public void What_may_pass_is_tried_again(string answer)
    {
        using IBackupStore store = OpenThroughProxy();
        Proxy.Answer = answer;
        Proxy.Answers = 2;
        store.Put("file", StoreContents.Of("text"), PutMode.CreateNew, CancellationToken.None);
        Assert.Equal(2, Proxy.Answered);
        Assert.Equal("text"u8, StoreContents.Read(Direct, "file"));
    }

    [Fact]
    public void What_is_refused_is_not_tried_again()
    {
        using IBackupStore store = OpenThroughProxy();
        Proxy.Answer = "403 Forbidden";
        Proxy.Answers = 100;
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => store.Stat("file", CancellationToken.None));
        Assert.Equal(BackupFailure.StoreRefused, exception.Failure);
        Assert.Equal(1, Proxy.Answered);
    }
}

/// <summary>What stores do when other bytes arrive than were sent and nobody on the way notices.</summary>
public abstract class LyingFaults<TServer>(ServerFixture<TServer> fixture) : HttpFaults<TServer>(fixture)
    where TServer : LoopbackServer, IStoreServer, new()
{
    [Theory]
    [InlineData(100_000)]
    [InlineData(12_000_000)]
    public void A_store_that_keeps_other_bytes_is_caught(int length)
    {
        using IBackupStore store = OpenThroughProxy();
        Proxy.Flip = 50_000;
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("file", StoreContents.Of(StoreContents.Bytes(length)), PutMode.CreateNew, CancellationToken.None));
        Assert.Contains(exception.Failure, (BackupFailure[])[BackupFailure.StoreCorrupt, BackupFailure.StoreRefused]);
        Assert.Empty(StoreContents.Names(Direct));
    }
}

public sealed class SftpFaults(ServerFixture<SshStoreServer> fixture) : StoreFaults<SshStoreServer>(fixture);

public sealed class S3RverFaults(ServerFixture<S3RverServer> fixture) : LyingFaults<S3RverServer>(fixture)
{
    [Fact]
    public void A_lying_200_is_corruption()
    {
        using IBackupStore store = OpenThroughProxy();
        Proxy.Flip = 50_000;
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(
            () => store.Put("file", StoreContents.Of(StoreContents.Bytes(100_000)), PutMode.Replace, CancellationToken.None));
        Assert.Equal(BackupFailure.StoreCorrupt, exception.Failure);
    }
}

public sealed class AzureFaults(ServerFixture<AzuriteServer> fixture) : LyingFaults<AzuriteServer>(fixture);

public sealed class RcloneFaults(ServerFixture<RcloneServer> fixture) : StoreFaults<RcloneServer>(fixture);
