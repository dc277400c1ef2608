using System.Security.Cryptography;
using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Copying;

public sealed class CopyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete")]
    [InlineData("truncate")]
    [InlineData("persist")]
    [InlineData("wal")]
    public void A_backup_holds_what_the_database_held(string journalMode)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 1, Entries = 25 }.Create(_folder["app.db"]);
        LedgerState before = Ledger.Read(database);

        BackupResult result = BackupRun.Run(database, _folder["out/app.db"]);

        Assert.Equal(before, BackupRun.AssertGood(_folder["out/app.db"]));
        Assert.Equal(["app.db"], _folder.Files("out"));
        Assert.Equal(new FileInfo(_folder["out/app.db"]).Length, result.Bytes);
        Assert.Equal(result.Bytes, result.PageCount * result.PageSize);
        Assert.Equal(result.PageCount, result.PagesCopied);
        Assert.Equal(DatabaseBackup.SqliteVersion, result.SqliteVersion);
        Assert.InRange(result.BytesPerSecond * result.Duration.TotalSeconds, result.Bytes * 0.99, result.Bytes * 1.01);
        Assert.InRange(result.SnapshotTakenAt, result.StartedAt, result.StartedAt + result.Duration);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(CopyOptions.AllPages)]
    public void Every_step_size_gives_the_same_pages(int pagesPerStep)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        BackupRun.Run(database, _folder["whole.db"]);

        BackupResult result = BackupRun.Run(database, _folder["stepped.db"], new CopyOptions { PagesPerStep = pagesPerStep });

        Assert.Equal(SHA256.HashData(File.ReadAllBytes(_folder["whole.db"])), SHA256.HashData(File.ReadAllBytes(_folder["stepped.db"])));
        long expected = pagesPerStep < 0 ? 1 : (result.PageCount + pagesPerStep - 1) / pagesPerStep;
        Assert.InRange(result.Steps, expected, expected + 1);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(16384)]
    [InlineData(32768)]
    [InlineData(65536)]
    public void Every_page_size_is_kept(int pageSize)
    {
        string database = new SampleDatabase { PageSize = pageSize, Megabytes = 1, JournalMode = pageSize > 4096 ? "wal" : "delete" }.Create(_folder["app.db"]);

        Assert.Equal(pageSize, BackupRun.Run(database, _folder["copy.db"]).PageSize);

        BackupRun.AssertGood(_folder["copy.db"]);
        Assert.Equal(pageSize, SampleDatabase.Scalar<long>(_folder["copy.db"], "PRAGMA page_size"));
    }

    [Theory]
    [InlineData("UTF-16le", "full", 1)]
    [InlineData("UTF-16be", "incremental", 2)]
    public void Encoding_and_auto_vacuum_are_kept(string encoding, string autoVacuum, long autoVacuumValue)
    {
        string database = new SampleDatabase { Encoding = encoding, AutoVacuum = autoVacuum, Megabytes = 0.5 }.Create(_folder["app.db"]);

        BackupRun.Run(database, _folder["copy.db"]);

        BackupRun.AssertGood(_folder["copy.db"]);
        Assert.Equal(encoding, SampleDatabase.Scalar<string>(_folder["copy.db"], "PRAGMA encoding"));
        Assert.Equal(autoVacuumValue, SampleDatabase.Scalar<long>(_folder["copy.db"], "PRAGMA auto_vacuum"));
    }

    [Fact]
    public void A_database_that_crosses_the_lock_page_at_1_GiB_is_copied_whole()
    {
        // A large blob of zeros in 64 KiB pages is made fast.
        string database = new SampleDatabase { PageSize = 65536 }.Create(_folder["app.db"]);
        using (Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF");
            SampleDatabase.Execute(connection, "INSERT INTO filler(data) VALUES (zeroblob(600000000)), (zeroblob(600000000))");
        }

        BackupResult result = BackupRun.Run(database, _folder["copy.db"]);

        Assert.True(result.Bytes > 1L << 30);
        LedgerState state = Ledger.Read(_folder["copy.db"]);
        Assert.True(state.IsOneInstant);
        Assert.Equal(2, state.Fillers);
    }

    [Fact]
    public void Progress_is_reported_while_copying_and_last_as_completed()
    {
        string database = new SampleDatabase { Megabytes = 2 }.Create(_folder["app.db"]);
        var observer = new RecordingObserver();

        BackupResult result = BackupRun.Run(
            database, _folder["copy.db"], new CopyOptions { PagesPerStep = 50, StepDelay = TimeSpan.FromMilliseconds(30) }, observer);

        BackupProgress[] copying = [.. observer.Progress.Where(item => item is { PageCount: > 0, State: BackupState.Copying or BackupState.Waiting })];
        Assert.True(copying.Length > 1);
        Assert.All(copying, item => Assert.Equal(result.PageCount, item.PageCount));
        Assert.Equal(copying.OrderByDescending(item => item.Remaining), copying);
        Assert.InRange(copying[0].PercentComplete, 0.1, 99);
        Assert.Equal(
            [BackupState.Checking, BackupState.Publishing, BackupState.Completed], observer.Progress.TakeLast(3).Select(item => item.State));
    }

    [Theory]
    [InlineData("a b.db")]
    [InlineData("it's \"quoted\".db")]
    [InlineData("[brackets].db")]
    [InlineData("what?#100%25;x=y&z.db")]
    [InlineData("Übergrößen-数据库-🦆.db")]
    [InlineData(":memory:.db")]
    [InlineData("file:odd")]
    public void Odd_names_simply_work(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow these names");
        foreach (string mode in (string[])["delete", "wal"])
        {
            string database = new SampleDatabase { JournalMode = mode }.Create(_folder[$"{mode}/{name}"]);

            BackupRun.Run(database, _folder[$"{mode} out/{name}"]);

            BackupRun.AssertGood(_folder[$"{mode} out/{name}"]);
            Assert.Equal([name], _folder.Files($"{mode} out"));
            Assert.Equal([name], _folder.Files(mode));
        }
    }

    [Fact]
    public void A_symbolic_link_to_a_database_is_followed_to_its_wal()
    {
        string database = new SampleDatabase { JournalMode = "wal", Entries = 5 }.Create(_folder["real/app.db"]);
        Directory.CreateDirectory(_folder["links"]);
        File.CreateSymbolicLink(_folder["links/app.db"], database);
        using WriterProcess writer = WriterProcess.Start(database);

        BackupResult result = BackupRun.Run(_folder["links/app.db"], _folder["copy.db"]);

        Assert.Equal(_folder["links/app.db"], result.Database);
        Assert.Equal(CopyMode.Snapshot, result.CopyMode);
        Assert.True(BackupRun.AssertGood(_folder["copy.db"]).Entries >= 5);
        Assert.Equal(["app.db"], _folder.Files("links"));
        Assert.Equal(0, writer.Stop().Errors);
    }

    [Theory]
    [InlineData(VerifyLevel.Quick)]
    [InlineData(VerifyLevel.Full)]
    public void A_damaged_database_is_found_out_and_not_published(VerifyLevel level)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        using (FileStream file = File.OpenWrite(database))
        {
            file.Position = 40 * 4096;
            file.Write(new byte[4096]);
        }

        SqliteBackupException error = BackupRun.Fails(
            BackupFailure.IntegrityCheckFailed, () => BackupRun.Run(database, _folder["out/copy.db"], verify: level));

        Assert.Contains("failed its check", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
        Assert.Equal(VerifyLevel.None, BackupRun.Run(database, _folder["out/copy.db"], verify: VerifyLevel.None).Verified);
    }

    [Fact]
    public void Our_copy_is_made_by_the_library_that_ships()
    {
        Assert.True(Version.Parse(DatabaseBackup.SqliteVersion) >= new Version(3, 53, 4));
    }
}
