using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class PruneTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void What_only_forgotten_backups_needed_goes_and_all_else_stays()
    {
        string database = _fixture.Folder["app.db"];
        _fixture.Create().Dispose();
        StoredBackup[] backups = [.. Enumerable.Range(0, 4).Select(i =>
        {
            RandomFile.Change(database, 3 << 20, changed: 0.4);
            return _fixture.Backup(database);
        })];
        byte[] last = File.ReadAllBytes(database);
        Forget(backups[..3]);
        PruneReport planned = Prune(new PruneOptions { DryRun = true, MaxUnusedPercent = 0 });
        Assert.True(planned.BytesFreed > 1_000_000);
        Assert.Equal(planned.BytesBefore, Bytes());
        PruneReport done = Prune(new PruneOptions { MaxUnusedPercent = 0 });
        Assert.Equal(planned with { IsDryRun = false }, done);
        Assert.Equal(0, done.BytesUnused);
        Assert.InRange(Bytes(), last.Length / 2, (last.Length / 2) + 200_000);
        Assert.InRange(done.BytesBefore - Bytes() - done.BytesFreed, -1000, 1000);
        ResticRepository repository = _fixture.Opened;
        Assert.Equal(last, _fixture.Restore(Assert.Single(repository.List(Token))));
        Assert.True(RepositoryCheck.Run(repository, new RepositoryCheckOptions { ReadData = true }, Token).IsSound);
        if (ResticProgram.IsInstalled)
        {
            _fixture.Restic.Check();
        }

        Assert.Equal(0, Prune(new PruneOptions { MaxUnusedPercent = 0 }).BytesFreed);
    }

    [Fact]
    public void No_more_is_read_and_written_again_than_allowed()
    {
        string database = _fixture.Folder["app.db"];
        _fixture.Create().Dispose();
        RandomFile.Change(database, 3 << 20, changed: 1);
        StoredBackup first = _fixture.Backup(database);
        RandomFile.Change(database, 3 << 20, changed: 0.5);
        _fixture.Backup(database);
        Forget([first]);
        PruneReport report = Prune(new PruneOptions { MaxRepackBytes = 1 << 20, MaxUnusedPercent = 0 });
        Assert.Equal(0, report.PacksRepacked);
        Assert.True(report.BytesUnused > 1_000_000);
    }

    [Fact]
    public void Many_small_packs_and_index_files_become_few()
    {
        string database = _fixture.Folder["app.db"];
        _fixture.Create().Dispose();
        for (int i = 0; i < 12; i++)
        {
            RandomFile.Change(database, 200_000, changed: 0.3);
            _fixture.Backup(database);
        }

        Prune(new PruneOptions());
        Assert.Equal(2, Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories).Length);
        Assert.InRange(_fixture.Folder.Files("repository/index").Length, 1, 2);
        ResticRepository repository = _fixture.Opened;
        Assert.True(RepositoryCheck.Run(repository, new RepositoryCheckOptions { ReadData = true }, Token).IsSound);
    }

    [Fact]
    public void Others_snapshots_keep_what_they_need()
    {
        ResticProgram.SkipIfMissing();
        _fixture.Create().Dispose();
        string others = _fixture.Folder["others/deep/file.bin"];
        Directory.CreateDirectory(Path.GetDirectoryName(others)!);
        RandomFile.Change(others, 3 << 20, changed: 1);
        _fixture.Restic.Run("backup", _fixture.Folder["others"]);
        string database = _fixture.Folder["app.db"];
        RandomFile.Change(database, 1 << 20, changed: 1);
        Forget([_fixture.Backup(database)]);
        Assert.True(Prune(new PruneOptions()).PacksRemoved > 0);
        _fixture.Restic.Check();
        _fixture.Restic.Run("restore", "latest", "--target", _fixture.Folder["out"]);
        Assert.Equal(File.ReadAllBytes(others), File.ReadAllBytes(_fixture.Folder["out"] + others));
    }

    [Fact]
    public void Nothing_is_removed_where_something_needed_is_missing()
    {
        string database = _fixture.Folder["app.db"];
        _fixture.Create().Dispose();
        RandomFile.Change(database, 1 << 20, changed: 1);
        StoredBackup first = _fixture.Backup(database);
        RandomFile.Change(database, 1 << 20, changed: 1);
        _fixture.Backup(database);
        Forget([first]);
        string index = Directory.GetFiles(_fixture.Folder["repository/index"])[0];
        string[] packs = Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories);
        foreach (string file in packs.Append(index))
        {
            byte[] bytes = File.ReadAllBytes(file);
            File.Delete(file);
            int before = Directory.GetFiles(_fixture.Folder["repository"], "*", SearchOption.AllDirectories).Length;
            SqliteBackupException? exception = Record.Exception(() => Prune(new PruneOptions { DryRun = true })) as SqliteBackupException;
            if (exception is not null)
            {
                Assert.Equal(BackupFailure.StoreCorrupt, exception.Failure);
                Assert.Throws<SqliteBackupException>(() => Prune(new PruneOptions()));
                Assert.Equal(before, Directory.GetFiles(_fixture.Folder["repository"], "*", SearchOption.AllDirectories).Length);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
    }

    private void Forget(IEnumerable<StoredBackup> backups)
    {
        ResticRepository repository = _fixture.Opened;
        using RepositorySession session = repository.OpenSession(Token);
        session.Forget(backups.Select(backup => backup.Snapshot), Token);
    }

    private PruneReport Prune(PruneOptions options)
    {
        ResticRepository repository = _fixture.Opened;
        return RepositoryPruner.Run(repository, options, Token);
    }

    private long Bytes() =>
        Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
