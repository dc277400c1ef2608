using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Catalog;
using SqliteBackup.Repository;
using SqliteBackup.Repository.Writing;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class BackupTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(512, 0.01)]
    [InlineData(4096, 3)]
    [InlineData(65536, 20)]
    public void A_backup_comes_back_byte_by_byte_through_us_and_through_restic(int pageSize, double megabytes)
    {
        string database = new SampleDatabase { PageSize = pageSize, Megabytes = megabytes }.Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        using (ResticRepository repository = _fixture.Open())
        using (RepositorySession session = repository.OpenSession(Token))
        using (SafeFileHandle file = File.OpenHandle(database))
        {
            Task<StoredBackup> stored = session.Store(RepositoryContent.Of(file, database, DateTime.UtcNow, pageSize), Token);
            session.Flush(Token);
            Assert.Equal(Math.Max(pageSize, 16 << 10), RepositoryFixture.Done(stored).Snapshot.ExtentBytes);
        }

        using ResticRepository again = _fixture.Open();
        RepositorySnapshot snapshot = Assert.Single(again.List(Token));
        Assert.Equal((database, "host", pageSize), (snapshot.Database, snapshot.Host, snapshot.Manifest!.PageSize));
        Assert.Equal(File.ReadAllBytes(database), _fixture.Restore(snapshot));
        if (ResticProgram.IsInstalled)
        {
            _fixture.Restic.Check();
            Assert.Equal(File.ReadAllBytes(database), _fixture.RestoreByRestic(snapshot));
        }
    }

    [Fact]
    public void A_generation_costs_its_changed_extents_and_an_unchanged_one_nothing()
    {
        string database = new SampleDatabase { Megabytes = 8 }.Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        StoredBackup first = _fixture.Backup(database);
        Assert.Equal(first.Extents, first.ExtentsAdded);
        StoredBackup same = _fixture.Backup(database);
        Assert.True(same.Unchanged);
        Assert.Equal((0, 0L), (same.ExtentsAdded, same.BytesAdded));
        Change(database);
        StoredBackup changed = _fixture.Backup(database);
        Assert.False(changed.Unchanged);
        Assert.InRange(changed.ExtentsAdded, 1, 4);
        Assert.InRange(changed.BytesAdded, 1, 5 * 17_000 + (first.Extents * 70));
        Assert.Equal(File.ReadAllBytes(database), _fixture.Restore(changed.Snapshot));
        Assert.NotEqual(_fixture.Restore(first.Snapshot), _fixture.Restore(changed.Snapshot));
        Assert.Equal(same.Snapshot.Id, changed.Snapshot.File.Parent.ToString());
    }

    [Fact]
    public void A_database_that_went_back_to_older_content_is_not_called_unchanged()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_fixture.Folder["app.db"]);
        byte[] old = File.ReadAllBytes(database);
        _fixture.Create().Dispose();
        _fixture.Backup(database);
        Change(database);
        _fixture.Backup(database);
        File.WriteAllBytes(database, old);
        StoredBackup back = _fixture.Backup(database);
        Assert.False(back.Unchanged);
        Assert.Equal(0, back.ExtentsAdded);
        Assert.Equal(old, _fixture.Restore(back.Snapshot));
    }

    [Fact]
    public void An_extents_size_is_its_databases_for_life()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_fixture.Folder["app.db"]);
        using ResticRepository repository = _fixture.Create();
        using RepositorySession session = repository.OpenSession(Token);
        Task<StoredBackup> first;
        using (SafeFileHandle file = File.OpenHandle(database))
        {
            first = session.Store(RepositoryContent.Of(file, database, DateTime.UtcNow, pageSize: 65536), Token);
            session.Flush(Token);
        }

        Assert.Equal(65536, RepositoryFixture.Done(first).Snapshot.ExtentBytes);
        Assert.Equal(65536, _fixture.Backup(database).Snapshot.ExtentBytes);
    }

    [Theory]
    [InlineData(20L << 30, 4096, null, 16384)]
    [InlineData((20L << 30) + 1, 4096, null, 65536)]
    [InlineData((20L << 30) + 1, 4096, 16384, 16384)]
    [InlineData(1L << 20, 4096, 65536, 65536)]
    [InlineData(1L << 20, 32768, null, 32768)]
    public void Extents_are_large_from_the_first_backup_of_a_large_database_on(long bytes, int pageSize, int? parents, int expected) =>
        Assert.Equal(expected, ExtentSize.For(bytes, pageSize, parents, new RepositoryOptions().LargeBytes));

    [Fact]
    public void A_database_that_grows_large_keeps_its_extents_and_one_that_is_large_gets_large_ones()
    {
        string[] databases = [_fixture.Folder["grows.db"], _fixture.Folder["large.db"]];
        RandomFile.Change(databases[0], 500_000, changed: 1);
        RandomFile.Change(databases[1], 2_000_000, changed: 1);
        _fixture.Create().Dispose();
        using (ResticRepository repository = _fixture.Open(_fixture.Options with { LargeBytes = 1_000_000 }))
        using (RepositorySession session = repository.OpenSession(Token))
        {
            Store(session);
            RandomFile.Change(databases[0], 2_000_000, changed: 0.1);
            Store(session);
        }

        IReadOnlyList<RepositorySnapshot> snapshots = _fixture.Opened.List(Token);
        Assert.Equal([16384, 16384], snapshots.Where(snapshot => snapshot.Database == databases[0]).Select(snapshot => snapshot.ExtentBytes));
        Assert.Equal([65536, 65536], snapshots.Where(snapshot => snapshot.Database == databases[1]).Select(snapshot => snapshot.ExtentBytes));
        Assert.All(databases, database => Assert.Equal(File.ReadAllBytes(database), _fixture.Restore(snapshots.First(snapshot => snapshot.Database == database))));
        if (ResticProgram.IsInstalled)
        {
            _fixture.Restic.Check();
        }

        void Store(RepositorySession session)
        {
            Array.ForEach(databases, database => RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow));
            session.Flush(Token);
        }
    }

    [Fact]
    public void A_higher_level_stores_less_and_both_come_back()
    {
        string database = _fixture.Folder["app.db"];
        File.WriteAllLines(database, Enumerable.Range(0, 40_000).Select(i => $"{i * 7919 % 40_009}; status=ok; message={i % 977} of {i % 31}"));
        byte[] content = File.ReadAllBytes(database);
        _fixture.Create().Dispose();
        var added = new List<long>();
        foreach (int level in (int[])[1, 19])
        {
            // Each its own content: what is there already is not compressed anew.
            content[0] = (byte)level;
            for (int i = 0; i < content.Length; i += 4096)
            {
                content[i] = (byte)level;
            }

            File.WriteAllBytes(database, content);
            using ResticRepository repository = _fixture.Open(_fixture.Options with { CompressionLevel = level });
            using RepositorySession session = repository.OpenSession(Token);
            Task<StoredBackup> stored = RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow);
            session.Flush(Token);
            StoredBackup done = RepositoryFixture.Done(stored);
            Assert.Equal(done.Extents, done.ExtentsAdded);
            added.Add(done.BytesAdded);
            Assert.Equal(content, _fixture.Restore(done.Snapshot));
        }

        Assert.InRange(added[1], 1, added[0] * 95 / 100);
        if (ResticProgram.IsInstalled)
        {
            _fixture.Restic.Check();
        }
    }

    [Fact]
    public async Task A_small_backup_stands_by_itself_where_no_others_come()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        using ResticRepository repository = _fixture.Open(_fixture.Options with { MaxDelay = TimeSpan.FromMilliseconds(50) });
        using RepositorySession session = repository.OpenSession(Token);

        StoredBackup stored = await RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow).WaitAsync(TimeSpan.FromMinutes(1), Token);

        Assert.Equal(stored.Snapshot.Id, Assert.Single(repository.List(Token)).Id);
        Assert.Equal(File.ReadAllBytes(database), _fixture.Restore(session, stored.Snapshot));
    }

    [Fact]
    public void A_backup_that_adds_nothing_waits_for_nobody()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_fixture.Folder["app.db"]);
        string other = new SampleDatabase { Megabytes = 2 }.Create(_fixture.Folder["other.db"]);
        _fixture.Create().Dispose();
        _fixture.Backup(database);
        using RepositorySession session = _fixture.Opened.OpenSession(Token);
        Task<StoredBackup> waiting = RepositoryFixture.StoreFile(session, other, other, DateTime.UtcNow);

        StoredBackup same = RepositoryFixture.Done(RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow));

        Assert.True(same.Unchanged);
        Assert.False(waiting.IsCompleted);
        Assert.Equal([same.Snapshot.Id], _fixture.Opened.List(Token).Take(1).Select(snapshot => snapshot.Id));
    }

    [Fact]
    public void Who_stops_the_own_backup_does_not_stop_those_of_others_that_wait_with_it()
    {
        string others = _fixture.Folder["others.db"];
        string own = _fixture.Folder["own.db"];

        // Together just less than a pack: with their lists they are enough for a flush, and no pack is full before.
        File.WriteAllBytes(others, System.Security.Cryptography.RandomNumberGenerator.GetBytes(64 * 16384));
        File.WriteAllBytes(own, System.Security.Cryptography.RandomNumberGenerator.GetBytes(957 * 16384));
        _fixture.Create().Dispose();
        using var stop = new CancellationTokenSource();
        using var store = new WatchedStore(_fixture.Store, (request, name) =>
        {
            if (request == StoreRequest.Put && name.StartsWith("index/", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        using ResticRepository repository = ResticRepository.Open(store, RepositoryFixture.Password, _fixture.Options, Token);
        using RepositorySession session = repository.OpenSession(Token);
        Task<StoredBackup> first = RepositoryFixture.StoreFile(session, others, others, DateTime.UtcNow);
        Assert.False(first.IsCompleted);
        using SafeFileHandle file = File.OpenHandle(own);
        Task<StoredBackup> second = session.Store(RepositoryContent.Of(file, own, DateTime.UtcNow), stop.Token);
        Assert.True(stop.IsCancellationRequested);
        Assert.Equal([own, others], new[] { second, first }.Select(task => RepositoryFixture.Done(task).Snapshot.Database));
        Assert.Equal(2, repository.List(Token).Count);
    }

    [Fact]
    public void Small_databases_of_one_session_share_packs_and_none_stands_before_its_data()
    {
        string[] databases = [.. Enumerable.Range(0, 12).Select(i => new SampleDatabase { Entries = i + 1 }.Create(_fixture.Folder[$"db{i}.db"]))];
        _fixture.Create().Dispose();
        using ResticRepository repository = _fixture.Open();
        using (RepositorySession session = repository.OpenSession(Token))
        {
            Task<StoredBackup>[] stored = new Task<StoredBackup>[databases.Length];
            Parallel.For(0, databases.Length, i => stored[i] = RepositoryFixture.StoreFile(session, databases[i], databases[i], DateTime.UtcNow));
            Assert.All(stored, task => Assert.False(task.IsCompleted));
            Assert.Empty(repository.List(Token));
            session.Flush(Token);
            Assert.All(stored, task => Assert.True(task.IsCompletedSuccessfully));
        }

        Assert.Equal(2, Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories).Length);
        foreach (RepositorySnapshot snapshot in repository.List(Token))
        {
            Assert.Equal(File.ReadAllBytes(snapshot.Database), _fixture.Restore(snapshot));
        }

        if (ResticProgram.IsInstalled)
        {
            _fixture.Restic.Check();
        }
    }

    [Fact]
    public void A_session_that_ends_early_leaves_no_backup_and_says_so()
    {
        string database = new SampleDatabase().Create(_fixture.Folder["app.db"]);
        using ResticRepository repository = _fixture.Create();
        Task<StoredBackup> stored;
        using (RepositorySession session = repository.OpenSession(Token))
        {
            stored = RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow);
        }

        Assert.True(stored.IsCanceled);
        Assert.Empty(repository.List(Token));
    }

    [Fact]
    public void A_snapshot_that_restic_wrote_again_keeps_its_manifest_and_others_are_left_alone()
    {
        ResticProgram.SkipIfMissing();
        string database = new SampleDatabase().Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        _fixture.Backup(database);
        _fixture.Restic.Run("backup", database);
        _fixture.Restic.Run("tag", "--add", "kept", "--tag", RepositorySnapshot.Tag);
        using ResticRepository repository = _fixture.Open();
        using RepositorySession session = repository.OpenSession(Token);
        RepositorySnapshot snapshot = Assert.Single(session.Snapshots);
        Assert.Contains("kept", snapshot.Tags);
        Assert.Null(snapshot.Manifest);
        Assert.Equal(database, session.ReadManifest(snapshot, Token)!.Source.Path);
        Assert.True(RepositoryFixture.Done(RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow)).Unchanged);
    }

    [Fact]
    public void Restic_finds_a_backup_by_its_database_module_and_newest_check()
    {
        ResticProgram.SkipIfMissing();
        string database = new SampleDatabase().Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        RepositorySnapshot snapshot = _fixture.Backup(database).Snapshot;
        string Found(string tags) => _fixture.Restic.Run("snapshots", "--json", "--tag", tags);
        Assert.Contains(snapshot.Id, Found($"database={snapshot.Manifest!.Source.Identity},module={snapshot.Manifest.ModuleVersion},check=ok,extent=16384"));
        using RepositorySession session = _fixture.Opened.OpenSession(Token);

        RepositorySnapshot bad = session.Record(
            snapshot, snapshot.Manifest with { Check = snapshot.Manifest.Check with { Answer = CheckStatus.Corrupt } }, Token);

        Assert.Contains(bad.Id, Found("sqlitebackup,check=corrupt"));
        Assert.DoesNotContain(bad.Id, Found("check=ok"));
    }

    [Fact]
    public void A_new_verdict_takes_the_old_ones_place()
    {
        string database = new SampleDatabase().Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        RepositorySnapshot old = _fixture.Backup(database).Snapshot;
        using ResticRepository repository = _fixture.Open();
        using RepositorySession session = repository.OpenSession(Token);
        BackupManifest manifest = old.Manifest!;
        RepositorySnapshot recorded = session.Record(
            session.Snapshots[0], manifest with { Check = manifest.Check with { Answer = CheckStatus.Corrupt } }, Token);
        RepositorySnapshot listed = Assert.Single(repository.List(Token));
        Assert.Equal((recorded.Id, CheckStatus.Corrupt), (listed.Id, listed.Manifest!.Check.Answer));
        Assert.Equal(old.TakenAt, listed.TakenAt);
    }

    [Fact]
    public void Names_of_any_kind_come_back_through_both()
    {
        string name = OperatingSystem.IsWindows() ? "a 'b' ü \u202e\U0001F600 &.db" : "a \"b\" \\n ü \u202e\U0001F600 <&>.db";
        string database = new SampleDatabase().Create(_fixture.Folder[name]);
        _fixture.Create().Dispose();
        RepositorySnapshot snapshot = _fixture.Backup(database).Snapshot;
        Assert.Equal(File.ReadAllBytes(database), _fixture.Restore(snapshot));
        if (ResticProgram.IsInstalled)
        {
            Assert.Equal(File.ReadAllBytes(database), _fixture.RestoreByRestic(snapshot));
        }
    }

    private static void Change(string database)
    {
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, $"BEGIN IMMEDIATE; {Ledger.Move(Random.Shared.Next(1000, 1_000_000))} COMMIT");
    }
}
