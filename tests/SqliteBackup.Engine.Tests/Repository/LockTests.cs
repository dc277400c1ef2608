using System.Text.Json;
using SqliteBackup.Repository;
using SqliteBackup.Repository.Files;
using SqliteBackup.Repository.Format;
using SqliteBackup.Repository.Locking;

namespace SqliteBackup.Engine.Tests.Repository;

public sealed class LockTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    public void Shared_locks_go_together_and_exclusive_ones_with_none(bool first, bool second, bool together)
    {
        using ResticRepository repository = _fixture.Create();
        using (repository.Lock(first, Token))
        {
            Exception? exception = Record.Exception(() => repository.Lock(second, Token).Dispose());
            Assert.Equal(together, exception is null);
            Assert.True(together || exception is SqliteBackupException { Failure: BackupFailure.RepositoryLocked });
        }

        repository.Lock(second, Token).Dispose();
        Assert.Empty(_fixture.Folder.Files("repository/locks"));
    }

    [Fact]
    public void Ours_keep_restic_out_as_they_should()
    {
        ResticProgram.SkipIfMissing();
        using ResticRepository repository = _fixture.Create();
        using (repository.Lock(exclusive: false, Token))
        {
            Assert.Equal(0, _fixture.Restic.TryRun("snapshots").Code);
            Assert.Contains("already locked", _fixture.Restic.TryRun("prune").Output);
        }

        using (repository.Lock(exclusive: true, Token))
        {
            (int code, string output) = _fixture.Restic.TryRun("backup", _fixture.Folder["repository/config"]);
            Assert.NotEqual(0, code);
            Assert.Contains("already locked exclusively", output);
        }

        _fixture.Restic.Run("prune");
    }

    [Fact]
    public void Restics_keep_us_out_as_they_should()
    {
        ResticProgram.SkipIfMissing();
        using ResticRepository repository = _fixture.Create();
        // It holds its lock for as long as its standard input is open.
        var start = new System.Diagnostics.ProcessStartInfo("restic", ["-r", _fixture.Folder["repository"], "--no-cache", "backup", "--stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RESTIC_PASSWORD"] = RepositoryFixture.PasswordText;
        using System.Diagnostics.Process holder = System.Diagnostics.Process.Start(start)!;
        SpinWait.SpinUntil(() => _fixture.Folder.Files("repository/locks").Length > 0, TimeSpan.FromSeconds(30));
        repository.OpenSession(Token).Dispose();
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => RepositoryPruner.Run(repository, new PruneOptions(), Token));
        Assert.Equal(BackupFailure.RepositoryLocked, exception.Failure);
        Assert.Contains($"process {holder.Id} ", exception.Message);
        holder.StandardInput.Close();
        holder.WaitForExit();
        RepositoryPruner.Run(repository, new PruneOptions(), Token);
    }

    [Fact]
    public void A_lock_whose_process_has_ended_or_is_silent_for_long_is_removed_and_said()
    {
        using ResticRepository repository = _fixture.Create();
        WriteLock(repository, LockFile.Create(exclusive: true, DateTimeOffset.UtcNow) with { Pid = int.MaxValue - 1 });
        repository.OpenSession(Token).Dispose();
        WriteLock(repository, LockFile.Create(exclusive: true, DateTimeOffset.UtcNow.AddMinutes(-31)) with { HostName = "elsewhere" });
        repository.OpenSession(Token).Dispose();
        Assert.Equal(2, _fixture.Warnings.Count(warning => warning.Contains("no longer runs", StringComparison.Ordinal)));
        WriteLock(repository, LockFile.Create(exclusive: true, DateTimeOffset.UtcNow.AddMinutes(-29)) with { HostName = "elsewhere", Pid = int.MaxValue - 1 });
        Assert.Throws<SqliteBackupException>(() => repository.OpenSession(Token));
    }

    [Fact]
    public void What_was_read_while_a_prune_began_elsewhere_counts_for_nothing()
    {
        _fixture.Create().Dispose();
        _fixture.Backup(new SampleDatabase { Megabytes = 1 }.Create(_fixture.Folder["app.db"]));
        bool hasBegun = false;
        using var store = new WatchedStore(_fixture.Store, (request, name) =>
        {
            if (!hasBegun && request == StoreRequest.List && name.StartsWith("snapshots", StringComparison.Ordinal))
            {
                hasBegun = true;
                WriteLock(_fixture.Opened, LockFile.Create(exclusive: true, DateTimeOffset.UtcNow) with { HostName = "elsewhere" });
                Directory.Delete(_fixture.Folder["repository/index"], recursive: true);
            }
        });
        using ResticRepository repository = ResticRepository.Open(store, RepositoryFixture.Password, _fixture.Options, Token);

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => repository.OpenSession(Token));

        Assert.Equal(BackupFailure.RepositoryLocked, exception.Failure);
        Assert.Single(_fixture.Folder.Files("repository/locks"));
    }

    [Fact]
    public void Another_containers_process_of_the_same_host_name_is_not_taken_for_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes have namespaces on Linux");
        using ResticRepository repository = _fixture.Create();
        WriteLock(repository, LockFile.Create(exclusive: true, DateTimeOffset.UtcNow) with { Pid = int.MaxValue - 1, PidNamespace = "pid:[1]" });
        Assert.Throws<SqliteBackupException>(() => repository.OpenSession(Token));
    }

    [Fact]
    public async Task Patience_waits_until_the_lock_is_free()
    {
        _fixture.Create().Dispose();
        using ResticRepository repository = _fixture.Open(_fixture.Options with { LockPatience = TimeSpan.FromMinutes(1) });
        RepositoryLock held = repository.Lock(exclusive: true, Token);
        Task<RepositorySession> waiting = Task.Run(() => repository.OpenSession(Token), Token);
        await Task.Delay(500, Token);
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public void A_lock_gives_signs_of_life()
    {
        _fixture.Create().Dispose();
        using ResticRepository repository = _fixture.Open(_fixture.Options with { LockTimes = new LockTimes { Refresh = TimeSpan.FromMilliseconds(100) } });
        using (RepositoryLock held = repository.Lock(exclusive: false, Token))
        {
            // The new one is written before the old one goes: a look may find both.
            string[] first = _fixture.Folder.Files("repository/locks");
            Assert.NotEmpty(first);
            Assert.True(SpinWait.SpinUntil(() => !first.Any(name => File.Exists(_fixture.Folder["repository/locks/" + name])), TimeSpan.FromSeconds(30)));
            Assert.NotEmpty(_fixture.Folder.Files("repository/locks"));
            Assert.False(held.Lost.IsCancellationRequested);
        }

        Assert.Empty(_fixture.Folder.Files("repository/locks"));
    }

    [Fact]
    public void Work_is_given_up_when_no_sign_of_life_can_be_given()
    {
        _fixture.Create().Dispose();
        bool refuses = false;
        using var store = new WatchedStore(_fixture.Store, (request, name) =>
        {
            if (refuses && request == StoreRequest.Put && name.StartsWith("locks/", StringComparison.Ordinal))
            {
                throw new SqliteBackupException(BackupFailure.StoreUnavailable, name, "The store does not answer.");
            }
        });
        // A machine that is busy for seconds gives no sign of life either: what is stored while the store answers must not need a quick one.
        var times = new LockTimes { Refresh = TimeSpan.FromMilliseconds(50), RefreshRetry = TimeSpan.FromMilliseconds(50), GiveUp = TimeSpan.FromSeconds(10) };
        using ResticRepository repository = ResticRepository.Open(store, RepositoryFixture.Password, _fixture.Options with { LockTimes = times }, Token);
        using RepositorySession session = repository.OpenSession(Token);
        string database = _fixture.Folder["app.db"];
        RandomFile.Change(database, 100_000, changed: 1);
        Task<StoredBackup> stored = RepositoryFixture.StoreFile(session, database, database, DateTime.UtcNow);
        refuses = true;
        SqliteBackupException? exception = null;
        Assert.True(SpinWait.SpinUntil(
            () => (exception = Record.Exception(() => session.Forget([], Token)) as SqliteBackupException) is not null, TimeSpan.FromMinutes(2)));
        Assert.Equal(BackupFailure.RepositoryLocked, exception!.Failure);
        Assert.Throws<SqliteBackupException>(() => session.Flush(Token));
        Assert.True(stored.IsFaulted);
        Assert.Empty(repository.List(Token));
    }

    private static void WriteLock(ResticRepository repository, LockFile file) =>
        repository.Files.Save(RepositoryFileKind.Lock, JsonSerializer.SerializeToUtf8Bytes(file, RepositoryJson.Plain.LockFile), Token);
}
