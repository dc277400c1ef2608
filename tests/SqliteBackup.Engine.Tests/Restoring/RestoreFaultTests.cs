using System.Globalization;
using Microsoft.Data.Sqlite;
using SqliteBackup.Engine.Publishing;

namespace SqliteBackup.Engine.Tests;

/// <summary>Restores in the middle of a running system, and restores that are killed.</summary>
public sealed class RestoreFaultTests(ITestOutputHelper output) : IDisposable
{
    private const int Restores = 20;
    private const int Kills = 100;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void Readers_and_a_writer_stay_connected_through_20_restores(string journalMode)
    {
        string target = Restore.Make(_folder, "app.db", journalMode, megabytes: 3);
        string[] backups =
        [
            Restore.Make(_folder, "small.db", megabytes: 1, entries: 50, version: 2),
            Restore.Make(_folder, "large.db", megabytes: 6, entries: 500, version: 3),
        ];
        const int Patient = 60_000;
        using WriterProcess firstReader = WriterProcess.Start(target, "read", rate: 0, busyTimeoutMilliseconds: Patient);
        using WriterProcess secondReader = WriterProcess.Start(target, "read", rate: 200, busyTimeoutMilliseconds: Patient);
        using WriterProcess writer = WriterProcess.Start(target, "insert", rate: 50, busyTimeoutMilliseconds: Patient);

        for (int turn = 0; turn < Restores; turn++)
        {
            RestoreResult result = Restore.Run(
                new RestoreRequest
                {
                    Backup = backups[turn % 2],
                    Database = target,
                    Overwrite = true,
                    TakeSafetyCopy = turn % 5 == 0,
                    SafetyCopyPath = _folder[$"safety{turn}.db"],
                    Copy = new CopyOptions { BusyTimeout = TimeSpan.FromMinutes(2) },
                });
            Assert.Equal(result.SafetyCopy is null, turn % 5 != 0);
            Assert.True(result.SafetyCopy is null || Ledger.Read(result.SafetyCopy).IsOneInstant);
        }

        foreach (WriterProcess process in (WriterProcess[])[firstReader, secondReader, writer])
        {
            WriterReport report = process.Stop();
            output.WriteLine(report.ToString());
            Assert.Null(report.FirstError);
            Assert.Equal(0, report.Errors);
            Assert.True(report.Commits > 0);
        }

        Assert.Equal(journalMode, SampleDatabase.Scalar<string>(target, "PRAGMA journal_mode"));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
        Assert.True(Ledger.Read(target).IsOneInstant);
        Assert.Equal(3, SampleDatabase.Scalar<long>(target, "PRAGMA user_version"));
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void Every_commit_before_a_restore_is_in_its_safety_copy(string journalMode)
    {
        const int Base = 5;
        const int Turns = 8;
        string target = Restore.Make(_folder, "app.db", journalMode, megabytes: 2, entries: Base);
        string backup = Restore.Make(_folder, "other.db", megabytes: 1, entries: Base, version: 2);
        long saved = 0;
        using WriterProcess writer = WriterProcess.Start(target, "insert", rate: 0, busyTimeoutMilliseconds: 60_000);

        for (int turn = 0; turn < Turns; turn++)
        {
            var request = new RestoreRequest
            {
                Backup = backup,
                Database = target,
                Overwrite = true,
                Copy = new CopyOptions { BusyTimeout = TimeSpan.FromMinutes(2) },
            };
            saved += Ledger.Read(Restore.Run(request).SafetyCopy!).Entries - Base;
        }

        WriterReport report = writer.Stop();
        Assert.Null(report.FirstError);
        Assert.Equal(report.Commits, saved + Ledger.Read(target).Entries - Base);
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void A_restore_that_finds_no_room_leaves_the_database_as_it_was(string journalMode)
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["small"], megabytes: 4);
        Assert.SkipWhen(mounted is null, "No small file system can be made here.");
        string target = Restore.Make(_folder, "small/app.db", journalMode, megabytes: 1);
        string backup = Restore.Make(_folder, "other.db", megabytes: 8, version: 2);
        string[] before = DatabaseContent.Of(target);

        Backup.Fails(
            BackupFailure.DestinationFull,
            () => Restore.Run(new RestoreRequest { Backup = backup, Database = target, Overwrite = true, TakeSafetyCopy = false }));

        Assert.Equal(before, DatabaseContent.Of(target));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void A_restore_that_is_killed_leaves_the_old_content_or_the_new(string journalMode)
    {
        int seed = Environment.TickCount;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        string target = Restore.Make(_folder, "data/app.db", journalMode, megabytes: 3);
        string[] backups =
        [
            Restore.Make(_folder, "small.db", megabytes: 1, version: 2),
            Restore.Make(_folder, "large.db", megabytes: 6, version: 3),
        ];
        string[][] known = [DatabaseContent.Of(target), .. backups.Select(DatabaseContent.Of)];
        var seen = new HashSet<int>();
        int hot = 0;

        for (int kill = 0; kill < TestScale.Count(Kills) / 2; kill++)
        {
            using (WriterProcess restorer = WriterProcess.Start(target, $"restore:{string.Join('|', backups)}"))
            {
                // Any moment will do, whatever the restorer does then: nothing is waited for.
                Thread.Sleep(random.Next(0, 600));
                restorer.Kill();
            }

            hot += new FileInfo(target + (journalMode == "wal" ? "-wal" : "-journal")) is { Exists: true, Length: > 0 } ? 1 : 0;

            // As its application would: who may only read can't roll back what a killed process left.
            using SqliteConnection application = SampleDatabase.Open(target, SqliteOpenMode.ReadWrite);
            string[] content = DatabaseContent.Of(application);
            application.Close();
            int which = Array.FindIndex(known, one => one.SequenceEqual(content));
            Assert.True(which >= 0, $"kill {kill}: neither the old content nor the new");
            seen.Add(which);
            Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
            foreach (string safety in Directory.EnumerateFiles(_folder["data"], "*.safety-*").Where(path => !StagingName.Matches(path)).ToArray())
            {
                Assert.Equal("ok", SampleDatabase.Scalar<string>(safety, "PRAGMA integrity_check"));
                Assert.True(Ledger.Read(safety).IsOneInstant);
                File.Delete(safety);
            }

            StagingName.SweepAbandoned(_folder["data"]);
            Assert.DoesNotContain(_folder.Files("data"), StagingName.Matches);
        }

        output.WriteLine($"contents seen: {string.Join(", ", seen.Order())}; {hot} kills left a journal or a WAL");
    }
}
