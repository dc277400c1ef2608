using Microsoft.Win32.SafeHandles;
using SqliteBackup.Repository;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.Faults;

/// <summary>What no store's connection may do to a repository: a backup that was listed stays whole, and the next run goes on.</summary>
public sealed class RepositoryFaults : IDisposable
{
    private const int Length = 3_000_000;

    private readonly TempFolder _folder = new();
    private readonly string _place = Guid.NewGuid().ToString("N");
    private readonly S3RverServer _server;
    private readonly FaultProxy _proxy;
    private readonly IBackupStore _direct;
    private readonly IBackupStore _store;
    private readonly ResticRepository _repository;
    private int _seed;

    public RepositoryFaults(ServerFixture<S3RverServer> fixture)
    {
        _server = fixture.Server;
        _proxy = new FaultProxy(_server.Port);
        _direct = _server.Open(_place);
        _store = _server.Open(_place, port: _proxy.Port);
        _repository = ResticRepository.Create(_direct, "secret"u8, null, CancellationToken.None);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _store.Dispose();
        _direct.Dispose();
        _proxy.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(700_000)]
    [InlineData(2_900_000)]
    public void A_connection_that_is_cut_once_costs_a_backup_nothing(long after)
    {
        _proxy.CutAfterSent = after;
        _proxy.Cuts = 1;
        byte[] content = BackUp();
        Assert.True(_proxy.Cuts <= 0, "nothing was cut");
        AssertKept(content);
    }

    [Fact]
    public void An_answer_that_may_pass_costs_a_backup_nothing()
    {
        _proxy.Answers = 2;
        byte[] content = BackUp();
        Assert.Equal(2, _proxy.Answered);
        AssertKept(content);
    }

    // Where the changed byte falls into is chance: a request that is tried again, or bytes that are refused when they are compared.
    [Theory]
    [InlineData(5_000)]
    [InlineData(50_000)]
    [InlineData(1_000_000)]
    public void A_store_that_keeps_other_bytes_lists_no_backup_that_is_not_whole(long flip)
    {
        // Not through the proxy: its connections are to be new ones.
        List<byte[]> kept = [BackUp(_direct)];
        _proxy.Flip = flip;
        byte[]? stored = null;
        Exception? exception = Record.Exception(() => stored = BackUp());
        _proxy.Flip = -1;
        Assert.True(_proxy.Flipped > 0, "nothing was changed");
        Assert.True(exception is null or SqliteBackupException, exception?.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(exception?.Message ?? "mended");
        if (stored is not null)
        {
            kept.Add(stored);
        }

        AssertKept([.. kept]);
        AssertKept([.. kept, BackUp(_direct)]);
    }

    [Fact]
    public void A_connection_that_is_always_cut_lists_no_backup_and_hurts_none()
    {
        byte[] first = BackUp(_direct);
        _proxy.CutAfterSent = 100_000;
        _proxy.Cuts = int.MaxValue;
        Assert.Equal(BackupFailure.StoreUnavailable, Assert.Throws<SqliteBackupException>(() => BackUp()).Failure);
        _proxy.Cuts = 0;
        AssertKept(first);
        AssertKept(first, BackUp(_direct));
    }

    private byte[] BackUp(IBackupStore? store = null)
    {
        string file = _folder["app.db"];
        byte[] content = StoreContents.Bytes(Length, ++_seed);
        File.WriteAllBytes(file, content);
        using ResticRepository repository = ResticRepository.Open(store ?? _store, "secret"u8, null, CancellationToken.None);
        using RepositorySession session = repository.OpenSession(CancellationToken.None);
        using SafeFileHandle handle = File.OpenHandle(file);
        session.Store(RepositoryContent.Of(handle, file, DateTime.UtcNow), CancellationToken.None);
        session.Flush(CancellationToken.None);
        return content;
    }

    private void AssertKept(params byte[][] contents)
    {
        using RepositorySession session = _repository.OpenSession(CancellationToken.None);
        RepositorySnapshot[] snapshots = [.. session.Snapshots.OrderBy(snapshot => snapshot.TakenAt)];
        Assert.Equal(contents.Length, snapshots.Length);
        for (int i = 0; i < contents.Length; i++)
        {
            string target = _folder[$"restored-{Guid.NewGuid():N}"];
            using (SafeFileHandle handle = File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                session.Restore(snapshots[i], handle, null, CancellationToken.None);
            }

            Assert.Equal(contents[i], File.ReadAllBytes(target));
        }
    }
}
