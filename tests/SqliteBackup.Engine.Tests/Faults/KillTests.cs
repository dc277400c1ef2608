using System.Globalization;
using Microsoft.Data.Sqlite;
using SqliteBackup.Engine.Tests.Restore;
using SqliteBackup.Storage;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>
/// Processes that are killed anywhere in a backup or a restore. Each process first does a few rounds and measures one, and the kill falls
/// at a moment chosen uniformly within that time.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int WarmRounds = 4;

    // Where a state is still missing after the planned kills, so many are spent on it at most.
    private const int MaxKills = 400;

    private readonly TempFolder _folder = new();
    private readonly SortedDictionary<string, int> _hits = new(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_backup_that_is_killed_leaves_the_earlier_or_the_new_one_whole()
    {
        string database = new SampleDatabase { Megabytes = 8 }.Create(_folder["app.db"]);
        const string InCopy = "old, staging incomplete";
        const string InCheck = "old, staging complete";
        const string Published = "new";
        KillUntilMet(200, [InCopy, InCheck, Published], (random, kill) =>
        {
            // One of the two has a manifest.
            string name = kill % 2 == 0 ? "plain.db" : "manifest.db";
            bool wasUnderWay;
            LedgerState before;
            long size;
            using (var process = Looper.Start(database, mode: "backup-rounds"))
            {
                TimeSpan round = Measure(process, [name, name]);
                before = Ledger.Read(_folder["out/" + name]);
                size = new FileInfo(_folder["out/" + name]).Length;
                Commit(database, before.Entries + 1);
                wasUnderWay = process.Kill(name, round * random.NextDouble());
            }

            string[] staged = [.. Directory.GetFiles(_folder["out"], name + ".partial-*").Where(StagingName.Matches)];
            bool isComplete = staged.Any(path => new FileInfo(path).Length >= size);
            LedgerState after = AssertWhole(_folder["out/" + name]);
            Assert.InRange(after.Entries, before.Entries, before.Entries + 1);
            Assert.True(wasUnderWay || after.Entries > before.Entries);
            StagingName.SweepAbandoned(_folder["out"]);
            Assert.DoesNotContain(_folder.Files("out"), StagingName.Matches);
            return after.Entries > before.Entries ? [Published, wasUnderWay ? "new, under way" : "new, done"]
                : staged.Length == 0 ? ["old, no staging"]
                : [isComplete ? InCheck : InCopy];
        });
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void A_restore_that_is_killed_leaves_the_old_content_or_the_new(string journalMode)
    {
        string target = RestoreRun.Make(_folder, "data/app.db", journalMode, megabytes: 3);
        string[] backups =
        [
            RestoreRun.Make(_folder, "small.db", megabytes: 2, version: 2),
            RestoreRun.Make(_folder, "large.db", megabytes: 6, version: 3),
        ];
        string[][] contents = [.. backups.Select(DatabaseContent.Of)];
        string log = target + (journalMode == "wal" ? "-wal" : "-journal");
        const string Hot = "old, journal or WAL left";
        const string Replaced = "new";
        const string InSafetyCopy = "safety copy in the making";
        const string Saved = "old, safety copy whole";
        KillUntilMet(100, [Hot, Replaced, InSafetyCopy, Saved], (random, kill) =>
        {
            int to = kill / 2 % 2;
            bool takesSafetyCopy = kill % 2 == 0;
            bool wasUnderWay;
            using (var process = Looper.Start(target, mode: takesSafetyCopy ? "safe-restore-rounds" : "restore-rounds"))
            {
                TimeSpan round = Measure(process, [backups[to], backups[1 - to]]);
                Remove("*.safety-*");
                wasUnderWay = process.Kill(backups[to], round * random.NextDouble());
            }

            bool isHot = new FileInfo(log) is { Exists: true, Length: > 0 };
            string[] safety = Directory.GetFiles(_folder["data"], "*.safety-*");

            // As its application would: who may only read can't roll back what a killed process left.
            using SqliteConnection application = SampleDatabase.Open(target, SqliteOpenMode.ReadWrite);
            string[] content = DatabaseContent.Of(application);
            application.Close();
            int which = Array.FindIndex(contents, one => one.SequenceEqual(content));
            Assert.True(which >= 0, $"kill {kill}: neither the old content nor the new");
            Assert.True(wasUnderWay || which == to);
            Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
            foreach (string path in safety.Where(path => !StagingName.Matches(path)))
            {
                Assert.Equal(contents[1 - to], DatabaseContent.Of(path));
            }

            StagingName.SweepAbandoned(_folder["data"]);
            Assert.DoesNotContain(_folder.Files("data"), StagingName.Matches);
            var hits = new List<string> { which != to ? isHot ? Hot : "old" : Replaced };
            hits.AddRange(safety.Any(StagingName.Matches) ? [InSafetyCopy] : []);
            hits.AddRange(which != to && safety.Any(path => !StagingName.Matches(path)) ? [Saved] : []);
            hits.AddRange(which == to ? [wasUnderWay ? "new, under way" : "new, done"] : []);
            return hits;
        });
    }

    private void KillUntilMet(int full, string[] wanted, Func<Random, int, IReadOnlyList<string>> killOnce)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the process is started by a POSIX shell");
        Directory.CreateDirectory(_folder["out"]);
        Random random = TestRandom.Create();
        int planned = TestScale.Count(full);
        int kills = 0;
        while (kills < planned || (kills < MaxKills && !wanted.All(_hits.ContainsKey)))
        {
            foreach (string hit in killOnce(random, kills++))
            {
                _hits[hit] = _hits.GetValueOrDefault(hit) + 1;
            }
        }

        string line = $"{kills} kills: {string.Join("; ", _hits.Select(hit => string.Create(CultureInfo.InvariantCulture, $"{hit.Key}: {hit.Value}")))}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Assert.True(wanted.All(_hits.ContainsKey), line);
    }

    // The first rounds of a process are slow; the last but one is of the kind that is killed.
    private static TimeSpan Measure(Looper process, string[] rounds)
    {
        TimeSpan measured = TimeSpan.Zero;
        for (int i = 0; i < WarmRounds; i++)
        {
            TimeSpan round = process.Measure(rounds[i % rounds.Length]);
            measured = i % rounds.Length == 0 ? round : measured;
        }

        return measured;
    }

    private static LedgerState AssertWhole(string path)
    {
        BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = path }, TestContext.Current.CancellationToken);
        Assert.True(result.Status == BackupTestStatus.Ok, $"{path}: {string.Join("; ", result.Findings)}");
        LedgerState state = Ledger.Read(path);
        Assert.True(state.IsOneInstant);
        return state;
    }

    private static void Commit(string database, long number)
    {
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, $"BEGIN IMMEDIATE; {Ledger.Move(number)} COMMIT");
    }

    private void Remove(string pattern)
    {
        foreach (string path in Directory.GetFiles(_folder["data"], pattern))
        {
            File.Delete(path);
        }
    }
}
