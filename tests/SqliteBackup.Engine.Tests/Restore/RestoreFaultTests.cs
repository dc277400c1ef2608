using SqliteBackup.Restore;

namespace SqliteBackup.Engine.Tests.Restore;

/// <summary>Restores in the middle of a running system.</summary>
public sealed class RestoreFaultTests(ITestOutputHelper output) : IDisposable
{
    private const int Restores = 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void Readers_and_a_writer_stay_connected_through_20_restores(string journalMode)
    {
        string target = RestoreRun.Make(_folder, "app.db", journalMode, megabytes: 3);
        string[] backups =
        [
            RestoreRun.Make(_folder, "small.db", megabytes: 1, entries: 50, version: 2),
            RestoreRun.Make(_folder, "large.db", megabytes: 6, entries: 500, version: 3),
        ];
        const int Patient = 60_000;
        using WriterProcess firstReader = WriterProcess.Start(target, "read", rate: 0, busyTimeoutMilliseconds: Patient);
        using WriterProcess secondReader = WriterProcess.Start(target, "read", rate: 200, busyTimeoutMilliseconds: Patient);
        using WriterProcess writer = WriterProcess.Start(target, "insert", rate: 50, busyTimeoutMilliseconds: Patient);

        for (int turn = 0; turn < Restores; turn++)
        {
            RestoreResult result = RestoreRun.Run(
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
        string target = RestoreRun.Make(_folder, "app.db", journalMode, megabytes: 2, entries: Base);
        string backup = RestoreRun.Make(_folder, "other.db", megabytes: 1, entries: Base, version: 2);
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
            saved += Ledger.Read(RestoreRun.Run(request).SafetyCopy!).Entries - Base;
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
        string target = RestoreRun.Make(_folder, "small/app.db", journalMode, megabytes: 1);
        string backup = RestoreRun.Make(_folder, "other.db", megabytes: 8, version: 2);
        string[] before = DatabaseContent.Of(target);

        BackupRun.Fails(
            BackupFailure.DestinationFull,
            () => RestoreRun.Run(new RestoreRequest { Backup = backup, Database = target, Overwrite = true, TakeSafetyCopy = false }));

        Assert.Equal(before, DatabaseContent.Of(target));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
    }
}
