using SqliteBackup.Engine.Tests.Faults;
using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>A repository that we and restic work in by turns, at random; restic looks at everything after every step.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly Dictionary<(string Database, DateTime TakenAt), byte[]> _contents = [];
    private int _others;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Whatever_we_and_restic_do_by_turns_every_kept_backup_comes_back()
    {
        ResticProgram.SkipIfMissing();
        _fixture.Create().Dispose();
        Random random = TestRandom.Create();
        (string, Action)[] actions =
        [
            ("backup", () => BackUp(random)),
            ("backup", () => BackUp(random)),
            ("backup", () => BackUp(random)),
            ("restic backup", () => BackUpByRestic(random)),
            ("forget", () => Forget(random)),
            ("restic forget", () => ForgetByRestic(random)),
            ("prune", () => Prune(random)),
            ("restic prune", () => _fixture.Restic.Run("prune", "--max-unused", "0")),
            ("restic copy", CopyByRestic),
            ("keys", () => ChangeKeys(random)),
            ("restic rebuild-index", () => _fixture.Restic.Run("rebuild-index")),
        ];
        int steps = TestScale.Count(32);
        for (int step = 0; step < steps; step++)
        {
            (string name, Action action) = actions[random.Next(actions.Length)];
            TestContext.Current.TestOutputHelper?.WriteLine(name);
            action();
            _fixture.Restic.Check();
            AssertAllThere(random);
        }
    }

    private void BackUp(Random random)
    {
        ResticRepository repository = _fixture.Opened;
        using RepositorySession session = repository.OpenSession(Token);
        foreach (int i in Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0))
        {
            string database = _fixture.Folder[$"db{i}.db"];
            if (!File.Exists(database) || random.Next(4) > 0)
            {
                RandomFile.Change(database, random.Next(20_000, 1_500_000), changed: 0.2, random);
            }

            DateTime now = DateTime.UtcNow;
            _contents[(database, now)] = File.ReadAllBytes(database);
            RepositoryFixture.StoreFile(session, database, database, now);
        }

        session.Flush(Token);
    }

    private void BackUpByRestic(Random random)
    {
        string file = _fixture.Folder["others/file.bin"];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        RandomFile.Change(file, 700_000, changed: 0.5, random);
        _fixture.Restic.Run("backup", _fixture.Folder["others"]);
        _others++;
    }

    private void Forget(Random random)
    {
        ResticRepository repository = _fixture.Opened;
        using RepositorySession session = repository.OpenSession(Token);
        RepositorySnapshot[] gone = [.. session.Snapshots.Where(_ => random.Next(3) == 0)];
        session.Forget(gone, Token);
        Array.ForEach(gone, snapshot => _contents.Remove((snapshot.Database, snapshot.TakenAt)));
    }

    private void ForgetByRestic(Random random)
    {
        ResticRepository repository = _fixture.Opened;
        if (repository.List(Token) is { Count: > 0 } snapshots)
        {
            RepositorySnapshot gone = snapshots[random.Next(snapshots.Count)];
            _fixture.Restic.Run("forget", gone.Id);
            _contents.Remove((gone.Database, gone.TakenAt));
        }
    }

    private void Prune(Random random)
    {
        ResticRepository repository = _fixture.Opened;
        RepositoryPruner.Run(repository, new PruneOptions { MaxUnusedPercent = random.Next(3) * 10 }, Token);
    }

    // A key that one of the two adds opens the repository for the other, and is gone when it is removed.
    private void ChangeKeys(Random random)
    {
        string text = $"new {random.Next()}";
        byte[] password = System.Text.Encoding.UTF8.GetBytes(text);
        var restic = new ResticProgram(_fixture.Folder["repository"], text);
        bool isOurs = random.Next(2) == 0;
        if (isOurs)
        {
            _fixture.Opened.Keys.Add(password, Token);
        }
        else
        {
            string file = _fixture.Folder["new-password"];
            File.WriteAllText(file, text);
            _fixture.Restic.Run("key", "add", "--new-password-file", file);
        }

        string id;
        using (ResticRepository repository = ResticRepository.Open(_fixture.Store, password, _fixture.Options, Token))
        {
            id = Assert.Single(repository.Keys.List(Token), key => key.IsCurrent).Id;
        }

        restic.Run("snapshots");
        if (isOurs)
        {
            _fixture.Restic.Run("key", "remove", id);
        }
        else
        {
            _fixture.Opened.Keys.Remove(id, Token);
        }

        Assert.NotEqual(0, restic.TryRun("snapshots").Code);
    }

    // What is copied into another repository is all there, too.
    private void CopyByRestic()
    {
        string folder = _fixture.Folder[$"copy-{Guid.NewGuid():N}"];
        var copy = new ResticProgram(folder, RepositoryFixture.PasswordText);
        copy.Run("init", "--repository-version", "2");
        string password = _fixture.Folder["password"];
        File.WriteAllText(password, RepositoryFixture.PasswordText);
        _fixture.Restic.Run("copy", "--repo2", folder, "--password-file2", password);
        copy.Check();
        using var store = new SqliteBackup.Storage.LocalStore(folder);
        using ResticRepository repository = ResticRepository.Open(store, RepositoryFixture.Password, null, Token);
        Assert.Equal(_contents.Count, repository.List(Token).Count);
        Directory.Delete(folder, recursive: true);
    }

    private void AssertAllThere(Random random)
    {
        ResticRepository repository = _fixture.Opened;
        using RepositorySession session = repository.OpenSession(Token);
        Assert.Equal(
            _contents.Keys.OrderBy(key => key.TakenAt).ThenBy(key => key.Database, StringComparer.Ordinal),
            session.Snapshots.Select(snapshot => (snapshot.Database, snapshot.TakenAt)).OrderBy(key => key.TakenAt).ThenBy(key => key.Database, StringComparer.Ordinal));
        foreach (RepositorySnapshot snapshot in session.Snapshots)
        {
            Assert.Equal(_contents[(snapshot.Database, snapshot.TakenAt)], _fixture.Restore(session, snapshot));
        }

        // Each by restic, too, in time: it derives its key anew for every one.
        if (session.Snapshots.Count > 0)
        {
            RepositorySnapshot one = session.Snapshots[random.Next(session.Snapshots.Count)];
            Assert.Equal(_contents[(one.Database, one.TakenAt)], _fixture.RestoreByRestic(one));
        }

        Assert.Equal(_others, _fixture.Restic.Run("snapshots", "--json", "--path", _fixture.Folder["others"]).Split("\"short_id\"").Length - 1);
    }
}
