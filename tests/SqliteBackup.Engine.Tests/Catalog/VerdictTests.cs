using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Faults;
using SqliteBackup.Storage;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>A verdict is about bytes: it never lands beside others, and a file is never seen beside another's manifest.</summary>
public sealed class VerdictTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _database;

    public VerdictTests() => _database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);

    private string Copy => _folder["out/copy.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_found_good_is_not_said_of_what_replaced_it()
    {
        Run(VerifyLevel.None);
        BackupTestResult result = Test();
        Change();
        Run(VerifyLevel.None);

        Assert.Equal((BackupTestStatus.Ok, Judge.Sha256(Copy)), (result.Status, Test().Sha256));
        Assert.False(TestRecord.Write(result));

        Assert.Equal((false, CheckStatus.NotChecked), (Entry.Verified, Entry.Check));
        Assert.True(TestRecord.Write(Test()));
        Assert.Equal((true, Judge.Sha256(Copy)), (Entry.Verified, Entry.Manifest!.Check.Sha256));
    }

    [Fact]
    public void What_was_found_damaged_is_not_said_of_what_replaced_it()
    {
        Run(VerifyLevel.Quick);
        Damage();
        BackupTestResult result = Test();
        Run(VerifyLevel.Quick);

        Assert.Equal(BackupTestStatus.Corrupt, result.Status);
        Assert.False(TestRecord.Write(result));

        Assert.Equal((true, CheckStatus.Ok), (Entry.Verified, Entry.Check));
    }

    [Fact]
    public void A_manifest_with_the_verdict_of_other_bytes_verifies_nothing()
    {
        Run(VerifyLevel.Quick);
        File.WriteAllText(
            Copy + ".json",
            File.ReadAllText(Copy + ".json").ReplaceLineEndings("\n").Replace("\"checkedAt\"", $"\"sha256\": \"{TestCatalog.NoHash}\", \"checkedAt\"", StringComparison.Ordinal)
                .Replace($",\n    \"sha256\": \"{Judge.Sha256(Copy)}\"\n", "\n", StringComparison.Ordinal));

        Assert.Equal((TestCatalog.NoHash, false), (Entry.Manifest!.Check.Sha256, Entry.Verified));
    }

    [Fact]
    public async Task Two_runs_to_one_name_and_a_test_of_it_never_see_or_leave_one_beside_the_others_manifest()
    {
        string other = new SampleDatabase { Megabytes = 1, Entries = 20 }.Create(_folder["other/app.db"]);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the process is started by a POSIX shell");
        Run(VerifyLevel.Quick);
        int rounds = TestScale.Count(200);
        using var over = new CancellationTokenSource();
        var seen = new List<BackupTestResult>();
        Task reader = Task.Run(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    BackupTestResult result = Test();
                    seen.Add(result);
                    _ = TestRecord.Write(result);
                }
            },
            CancellationToken.None);
        int apart = 0;
        using (Looper process = Looper.Start(other, mode: "any-rounds"))
        {
            for (int round = 0; round < rounds; round++)
            {
                Task<string> theirs = Task.Run(() => process.Ask($"force|{Copy}"), TestContext.Current.CancellationToken);
                Run(VerifyLevel.Quick);
                Assert.Equal("done", await theirs);
                apart += ManifestFile.Read(Copy).Manifest?.Sha256 == Judge.Sha256(Copy) ? 0 : 1;
            }
        }

        await over.CancelAsync();
        await reader;
        Assert.Equal(0, apart);
        Assert.Contains(seen, result => result.Status == BackupTestStatus.Ok);
        Assert.DoesNotContain(seen, result => result.Status == BackupTestStatus.Corrupt);
        Assert.True(Entry.Verified);
        Assert.DoesNotContain(_folder.Files("out"), StagingName.Matches);
    }

    [Fact]
    public void A_rotten_backup_is_no_reason_to_skip_and_is_not_said_to_be_verified()
    {
        BackupResult first = Skip("one.db", VerifyLevel.Full);
        Rot(first.Backup);
        var observer = new RecordingObserver();

        BackupResult quick = Skip("two.db", VerifyLevel.Quick);
        BackupResult full = Skip("three.db", VerifyLevel.Full, observer);
        BackupResult again = Skip("four.db", VerifyLevel.Full);

        Assert.Equal((true, VerifyLevel.None, VerifyLevel.Full), (quick.Unchanged, quick.Verified, quick.LastCheck));
        Assert.InRange(quick.LastCheckedAt!.Value, first.StartedAt, quick.StartedAt);
        Assert.Equal((false, VerifyLevel.Full), (full.Unchanged, full.Verified));
        Assert.Contains("is not what was written", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        Assert.Equal(CheckStatus.Corrupt, FolderCatalog.Find(first.Backup)!.Check);
        Assert.Equal((true, full.Backup, VerifyLevel.Full), (again.Unchanged, again.Backup, again.Verified));
    }

    [Fact]
    public void Two_backups_that_a_pattern_gave_one_name_both_stand()
    {
        string[] names = [.. Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ =>
            CatalogBackup.Run(_database, Copy, request => request with { MayRename = true, Compression = BackupCompression.Gzip, Verify = VerifyLevel.None }).Backup)];

        Assert.Equal(8, names.Distinct().Count());
        Assert.Equal(["copy-2.db", "copy-3.db"], names.Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal).Take(2));
        Assert.All(names, name => Assert.Equal(ManifestFile.Read(name).Manifest!.Sha256, Judge.Sha256(name)));
        Assert.Equal(16, _folder.Files("out").Length);
    }

    [Fact]
    public void A_name_in_a_folder_that_another_run_took_is_not_chosen()
    {
        var taken = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string Choose() => new BackupDestinations().Choose(_database, _folder["out/"], FileNameFormat.Parse(FileNameFormat.Default), taken, compression: BackupCompression.Zstd);
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(Choose(), "of another run");

        Assert.Equal("app-20260101T000000000Z-2.db.zst", Path.GetFileName(Choose()));
    }

    [Fact]
    public void The_lock_of_a_process_that_was_killed_is_in_nobodys_way_and_is_swept()
    {
        Directory.CreateDirectory(_folder["out"]);
        string path = StagingName.ForLock(Copy);
        File.WriteAllText(path, "");

        Run(VerifyLevel.Quick);

        Assert.Equal(["copy.db", "copy.db.json"], _folder.Files("out"));
        File.WriteAllText(path, "");
        StagingName.SweepAbandoned(_folder["out"]);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_lock_is_one_at_a_time_also_while_others_sweep()
    {
        Directory.CreateDirectory(_folder["out"]);
        int inside = 0;
        int most = 0;
        using var over = new CancellationTokenSource();
        Thread[] sweepers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!over.IsCancellationRequested)
            {
                StagingName.SweepAbandoned(_folder["out"]);
            }
        }))];
        Array.ForEach(sweepers, sweeper => sweeper.Start());

        Enumerable.Range(0, 400).AsParallel().WithDegreeOfParallelism(4).ForAll(_ =>
        {
            using (BackupLock.Take(Copy, () => { }))
            {
                int now = Interlocked.Increment(ref inside);
                most = Math.Max(most, now);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
            }
        });
        over.Cancel();
        Array.ForEach(sweepers, sweeper => sweeper.Join());

        Assert.Equal(1, most);
        Assert.Empty(_folder.Files("out"));
    }

    private CatalogEntry Entry => FolderCatalog.Find(Copy)!;

    private BackupTestResult Test() => BackupTest.Run(new BackupTestRequest { Path = Copy }, CancellationToken.None);

    private void Run(VerifyLevel verify) => CatalogBackup.Run(_database, Copy, request => request with { Overwrite = true, Verify = verify });

    private BackupResult Skip(string name, VerifyLevel verify, RecordingObserver? observer = null) =>
        CatalogBackup.Run(_database, _folder["out/" + name], request => request with { SkipUnchanged = true, Verify = verify }, observer);

    private void Change()
    {
        using SqliteConnection connection = SampleDatabase.Open(_database);
        SampleDatabase.Execute(connection, "UPDATE account SET balance = balance + 1 WHERE id = 1");
    }

    private void Damage()
    {
        using FileStream file = File.OpenWrite(Copy);
        file.Position = file.Length / 2;
        file.Write(new byte[8192]);
    }

    // One byte of content: what SQLite's own check can't see.
    private static void Rot(string path)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length - 5;
        int value = file.ReadByte();
        file.Position = file.Length - 5;
        file.WriteByte((byte)(value ^ 1));
    }
}
