using System.Security.Cryptography;
using SqliteBackup.Engine.Tests.Faults;
using SqliteBackup.Repository;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>A process that backs up, forgets and prunes, killed anywhere in it.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kept = 3;

    // A round makes about so many changes to the store: locks, packs, indexes, snapshots.
    private const int MaxChanges = 24;

    private readonly RepositoryFixture _fixture = new();
    private readonly Dictionary<DateTime, string> _contents = [];
    private readonly SortedDictionary<string, int> _hits = new(StringComparer.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_kill_loses_no_backup_and_the_next_run_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the process is started by a POSIX shell");
        _fixture.Create().Dispose();
        Random random = TestRandom.Create();
        TimeSpan round = TimeSpan.Zero;
        for (int i = 0; i <= Kept; i++)
        {
            using Looper process = Start();
            round = process.Measure(Next(random));
        }

        // Each takes a process, its start and a look at all that is there: few, where nobody asks for all of them.
        int kills = Math.Max(6, (int)(200 * TestScale.Value * TestScale.Value));
        for (int kill = 0; kill < kills; kill++)
        {
            HashSet<DateTime> before = [.. List().Select(snapshot => snapshot.TakenAt)];
            string next = Next(random);
            bool wasUnderWay;
            using (Looper process = Start())
            {
                // By turns at any time, and before any change to the store: forgetting is over in no time.
                wasUnderWay = kill % 2 == 0 ? process.Kill(next, round * random.NextDouble()) : process.EndBefore(next, random.Next(1, MaxChanges));
            }

            AssertNothingLost(before, wasUnderWay, kill);
        }

        string line = $"{kills} kills: {string.Join("; ", _hits.Select(hit => $"{hit.Key}: {hit.Value}"))}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(_hits.Keys.Any(key => key != "done"), line);
        using (ResticRepository repository = _fixture.Open())
        {
            RepositoryPruner.Run(repository, new PruneOptions(), Token);
            Assert.Empty(Directory.EnumerateFiles(_fixture.Folder["repository"], "*.partial-*", SearchOption.AllDirectories));
        }

        if (ResticProgram.IsInstalled)
        {
            _fixture.Restic.Check();
        }
    }

    private Looper Start() => Looper.Start(_fixture.Folder["repository"], mode: "repository-rounds");

    private string Next(Random random)
    {
        string database = _fixture.Folder["app.db"];
        RandomFile.Change(database, random.Next(100_000, 600_000), changed: 0.3, random);
        DateTime now = DateTime.UtcNow;
        _contents[now] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(database)));
        return $"{database}|{now.Ticks}";
    }

    private IReadOnlyList<RepositorySnapshot> List() => _fixture.Opened.List(Token);

    private IEnumerable<string> Unfinished(string folder) =>
        _fixture.Folder.Files(folder).Where(name => name.Contains(".partial-", StringComparison.Ordinal));

    private void AssertNothingLost(HashSet<DateTime> before, bool wasUnderWay, int kill)
    {
        ResticRepository repository = _fixture.Opened;
        _fixture.Warnings.Clear();
        bool wasLocked = Unfinished("repository/locks").Count() < _fixture.Folder.Files("repository/locks").Length;
        using RepositorySession session = repository.OpenSession(Token);
        Assert.Equal(wasLocked, _fixture.Warnings.Exists(warning => warning.Contains("no longer runs", StringComparison.Ordinal)));
        Assert.Single(_fixture.Folder.Files("repository/locks").Except(Unfinished("repository/locks")));
        DateTime[] after = [.. session.Snapshots.Select(snapshot => snapshot.TakenAt)];
        DateTime newest = _contents.Keys.Max();
        IEnumerable<DateTime> must = after.Contains(newest) ? before.Append(newest).OrderDescending().Take(Kept) : before;
        Assert.All(must, time => Assert.Contains(time, after));
        foreach (RepositorySnapshot snapshot in session.Snapshots)
        {
            Assert.Equal(_contents[snapshot.TakenAt], Convert.ToHexString(SHA256.HashData(_fixture.Restore(session, snapshot))));
        }

        RepositoryCheckReport report = RepositoryCheck.Run(repository, new RepositoryCheckOptions { ReadData = true }, Token);
        Assert.True(report.IsSound, $"kill {kill}: {string.Join("; ", report.Findings)}");
        string where = !wasUnderWay ? "done" : !after.Contains(newest) ? "in backup" : after.Length > Kept ? "in forget" : "in prune";
        string key = report.Findings.Count > 0 ? $"{where}, packs left" : where;
        _hits[key] = _hits.GetValueOrDefault(key) + 1;
    }
}
