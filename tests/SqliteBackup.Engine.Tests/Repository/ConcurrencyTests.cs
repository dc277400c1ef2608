using System.Diagnostics;
using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Two_writers_at_once_lose_nothing_of_each_other()
    {
        _fixture.Create().Dispose();
        string[] databases = [.. Enumerable.Range(0, 4).Select(i => _fixture.Folder[$"db{i}.db"])];

        // The first two have the same content: both writers store it.
        RandomFile.Change(databases[0], 3 << 20, changed: 1);
        File.Copy(databases[0], databases[1]);
        RandomFile.Change(databases[2], 1 << 20, changed: 1);
        RandomFile.Change(databases[3], 1 << 20, changed: 1);
        using Process? restic = ResticProgram.IsInstalled ? _fixture.Restic.Start("backup", databases[0]) : null;
        Parallel.ForEach(databases, database =>
        {
            using ResticRepository own = _fixture.Open();
            using RepositorySession session = own.OpenSession(Token);
            RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow);
            session.Flush(Token);
        });
        restic?.WaitForExit();
        Assert.Equal(0, restic?.ExitCode ?? 0);
        ResticRepository repository = _fixture.Opened;
        IReadOnlyList<RepositorySnapshot> snapshots = repository.List(Token);
        Assert.Equal(databases.Length, snapshots.Count);
        RepositoryPruner.Run(repository, new PruneOptions { MaxUnusedPercent = 0 }, Token);
        Assert.All(snapshots, snapshot => Assert.Equal(File.ReadAllBytes(snapshot.Database), _fixture.Restore(snapshot)));
        if (restic is not null)
        {
            _fixture.Restic.Check();
        }
    }

    [Fact]
    public void A_writer_beside_restics_prune_keeps_all_that_it_stored()
    {
        ResticProgram.SkipIfMissing();
        _fixture.Create().Dispose();
        string database = _fixture.Folder["app.db"];
        var contents = new Dictionary<string, byte[]>();
        int pruned = 0;
        using var stop = new CancellationTokenSource();
        Task pruning = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    pruned += _fixture.Restic.TryRun("prune", "--max-unused", "0").Code == 0 ? 1 : 0;
                }
            },
            Token);
        using ResticRepository repository = _fixture.Open(_fixture.Options with { LockPatience = TimeSpan.FromMinutes(1) });
        for (int i = 0; i < TestScale.Count(16); i++)
        {
            RandomFile.Change(database, 1 << 20, changed: 0.4);
            using RepositorySession session = repository.OpenSession(Token);
            Task<StoredBackup> stored = RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow);
            session.Flush(Token);
            contents[RepositoryFixture.Done(stored).Snapshot.Id] = File.ReadAllBytes(database);
        }

        stop.Cancel();
        SpinWait.SpinUntil(() => pruning.IsCompleted);
        _fixture.Restic.Check();
        IReadOnlyList<RepositorySnapshot> snapshots = repository.List(Token);
        Assert.Equal(contents.Keys.Order(), snapshots.Select(snapshot => snapshot.Id).Order());
        Assert.All(snapshots, snapshot => Assert.Equal(contents[snapshot.Id], _fixture.Restore(snapshot)));
    }

    [Fact]
    public void A_full_disk_ends_the_backup_and_hurts_none_before_it()
    {
        using SmallFileSystem? small = SmallFileSystem.TryMount(_fixture.Folder["repository"], megabytes: 4);
        Assert.SkipWhen(small is null, "a small file system takes Linux and the rights of its administrator");
        _fixture.Create().Dispose();
        string database = _fixture.Folder["app.db"];
        RandomFile.Change(database, 2 << 20, changed: 1);
        StoredBackup first = _fixture.Backup(database);
        byte[] content = File.ReadAllBytes(database);
        RandomFile.Change(database, 8 << 20, changed: 1);
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => _fixture.Backup(database));
        Assert.Equal(BackupFailure.DestinationFull, exception.Failure);
        ResticRepository repository = _fixture.Opened;
        Assert.Equal(first.Snapshot.Id, Assert.Single(repository.List(Token)).Id);
        Assert.Equal(content, _fixture.Restore(first.Snapshot));
        Assert.True(RepositoryCheck.Run(repository, new RepositoryCheckOptions { ReadData = true }, Token).IsSound);
    }
}
