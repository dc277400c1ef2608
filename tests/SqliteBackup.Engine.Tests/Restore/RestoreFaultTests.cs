using Microsoft.Data.Sqlite;
using SqliteBackup.Engine.Tests.Faults;
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
    public void A_rate_limit_that_would_keep_writers_waiting_for_too_long_is_lifted_and_that_is_said(string journalMode)
    {
        string target = RestoreRun.Make(_folder, "data/app.db", journalMode, megabytes: 2);
        string backup = RestoreRun.Make(_folder, "backup.db", megabytes: 2, version: 2);
        var observer = new RecordingObserver();

        RestoreResult result = RestoreRun.Run(backup, target, observer: observer, copy: new CopyOptions { MaxBytesPerSecond = 64 * 1024 });

        Assert.Equal(TimeSpan.Zero, result.ThrottledFor);
        Assert.Contains(observer.Warnings, warning => warning.Contains("lifted while the database is locked", StringComparison.Ordinal));
        RestoreRun.AssertEqual(backup, target);

        // So slow that the busiest machine has to be held back.
        result = RestoreRun.Run(backup, target, copy: new CopyOptions { MaxBytesPerSecond = 1 << 20, MaxWriterStall = TimeSpan.FromMinutes(1) });
        Assert.True(result.ThrottledFor > TimeSpan.Zero);
    }

    [Fact]
    public void A_database_that_is_made_meanwhile_keeps_its_wal()
    {
        string backup = RestoreRun.Make(_folder, "backup.db", megabytes: 2);
        Directory.CreateDirectory(_folder["data"]);
        string target = _folder["data/app.db"];
        SqliteConnection? application = null;
        var observer = new RecordingObserver(progress =>
        {
            if (progress.State == BackupState.Publishing && application is null)
            {
                application = SampleDatabase.Open(target);
                SampleDatabase.Execute(application, "PRAGMA journal_mode=WAL; CREATE TABLE own(a); INSERT INTO own VALUES(1)");
            }
        });

        SqliteBackupException exception = BackupRun.Fails(BackupFailure.DestinationExists, () => RestoreRun.Run(backup, target, overwrite: false, observer: observer));

        Assert.Contains("made by another program", exception.Message, StringComparison.Ordinal);
        Assert.Empty(observer.Warnings);
        SampleDatabase.Execute(application!, "INSERT INTO own VALUES(2)");
        application!.Dispose();
        Assert.Equal(2L, SampleDatabase.Scalar<long>(target, "SELECT count(*) FROM own"));
        Assert.DoesNotContain(_folder.Files("data"), name => name.Contains(".before-restore-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_of_the_backup_that_would_compute_for_minutes_ends_with_the_time()
    {
        string backup = _folder["slow.db"];
        using (SqliteConnection connection = SampleDatabase.Open(backup))
        {
            SampleDatabase.Execute(connection, "PRAGMA ignore_check_constraints=ON; CREATE TABLE t(a CHECK(length(replace(hex(zeroblob(200000)), '00', 'a')) > 0))");
            SampleDatabase.Execute(connection, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT i FROM n");
        }

        BackupRun.Fails(
            BackupFailure.BackupTimedOut,
            () => RestoreRun.Run(backup, _folder["new.db"], copy: new CopyOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.False(File.Exists(_folder["new.db"]));
    }

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

    // Of a database of 3 MB the journal has no room, of one of 1 MB what comes into its place.
    [Theory]
    [InlineData("wal", 1)]
    [InlineData("delete", 1)]
    [InlineData("delete", 3)]
    public void A_restore_that_finds_no_room_leaves_the_database_as_it_was(string journalMode, int megabytes)
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["small"], megabytes: 4);
        Assert.SkipWhen(mounted is null, "No small file system can be made here.");
        string target = RestoreRun.Make(_folder, "small/app.db", journalMode, megabytes: megabytes);
        string backup = RestoreRun.Make(_folder, "other.db", megabytes: 8, version: 2);
        string[] before = DatabaseContent.Of(target);

        BackupRun.Fails(
            BackupFailure.DestinationFull,
            () => RestoreRun.Run(new RestoreRequest { Backup = backup, Database = target, Overwrite = true, TakeSafetyCopy = false }));

        Assert.Equal(before, DatabaseContent.Of(target));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
    }

    // At once, and by the thread that writes a long journal.
    [Theory]
    [InlineData(5, 0, "RestoreFailed")]
    [InlineData(5, 3 << 20, "RestoreFailed")]
    [InlineData(27, 3 << 20, "DestinationFull")]
    [InlineData(28, 0, "DestinationFull")]
    [InlineData(28, 3 << 20, "DestinationFull")]
    [InlineData(122, 0, "DestinationFull")]
    public void A_journal_that_the_disk_does_not_take_leaves_the_database_as_it_was(int error, int from, string failure)
    {
        string? library = FailingDisk.TryBuild(_folder.Path, out string? reason);
        Assert.SkipWhen(library is null, $"No library that makes writes fail can be made here: {reason}");
        string target = RestoreRun.Make(_folder, "data/app.db", megabytes: 6);
        string backup = RestoreRun.Make(_folder, "other.db", megabytes: 8, version: 2);
        string[] before = DatabaseContent.Of(target);
        string prefix = $"export FAILING_WRITE=app.db-journal FAILING_WRITE_FROM={from} FAILING_WRITE_ERRNO={error} LD_PRELOAD='{library}'; exec ";

        using (Looper process = Looper.Start(target, prefix, "any-rounds"))
        {
            string answer = process.Ask($"restore|{backup}");

            Assert.StartsWith(failure + ": ", answer, StringComparison.Ordinal);
            Assert.Contains($"'{target}'", answer, StringComparison.Ordinal);
            Assert.True(error == 28 || answer.Contains(new System.ComponentModel.Win32Exception(error).Message, StringComparison.Ordinal), answer);
        }

        // An empty one says nothing; who writes next takes it away.
        Assert.True(new FileInfo(target + "-journal") is { Exists: false } or { Length: 0 });
        Assert.Equal(before, DatabaseContent.Of(target));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(target, "PRAGMA integrity_check"));
    }

    // The process ends where it would write to the second half of the database. What it wrote before is on the disk, of the journal only what was flushed.
    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    [InlineData(65536)]
    public void What_is_flushed_of_the_journal_takes_back_whatever_is_written_to_the_database(int pageSize)
    {
        string? library = FailingDisk.TryBuild(_folder.Path, out string? reason);
        Assert.SkipWhen(library is null, $"No library that keeps what is flushed can be made here: {reason}");
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        string target = RestoreRun.Make(_folder, "data/app.db", pageSize: pageSize, megabytes: 10);
        string backup = RestoreRun.Make(_folder, "other.db", pageSize: pageSize, megabytes: 12, version: 2);
        string[] before = DatabaseContent.Of(target);
        byte[] bytes = File.ReadAllBytes(target);
        string prefix = $"export FAILING_WRITE=/app.db FAILING_WRITE_FROM={5 << 20} FAILING_WRITE_ERRNO=0 KEEP_FLUSHED=-journal LD_PRELOAD='{library}'; exec ";

        using (Looper process = Looper.Start(target, prefix, "any-rounds"))
        {
            Assert.True(process.AskForTheLast($"restore|{backup}") > 128);
        }

        File.Move(target + "-journal.flushed", target + "-journal", overwrite: true);
        Assert.False(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(target)), "nothing was there to take back");
        Assert.Equal("ok", Judge.IntegrityCheck(target));
        Assert.Equal(before, DatabaseContent.Of(target));
    }
}
