using Microsoft.Data.Sqlite;
using SqliteBackup.Sqlite;
using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Sources;

/// <summary>Whatever state a source is in, it is read right, and its folder looks afterwards as it looked before.</summary>
public sealed class SourceFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete")]
    [InlineData("persist")]
    [InlineData("wal")]
    public void A_database_whose_application_is_not_running(string journalMode)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Entries = 12 }.Create(_folder["data/app.db"]);

        Assert.Equal(12, BackUpAndCompareFolders(database).Entries);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("hold-read")]
    public void A_wal_database_in_use(string mode)
    {
        string database = new SampleDatabase { JournalMode = "wal", Entries = 12 }.Create(_folder["data/app.db"]);
        using WriterProcess application = WriterProcess.Start(database, mode);

        Assert.Equal(12, BackUpAndCompareFolders(database).Entries);

        application.Stop();
        Assert.Equal(["app.db"], _folder.Files("data"));
    }

    [Fact]
    public void A_wal_with_frames_that_a_crash_left()
    {
        string database = new SampleDatabase { JournalMode = "wal", Entries = 12 }.Create(_folder["data/app.db"]);
        WriterProcess.Crash(database, "crash-wal");
        Assert.Equal(["app.db", "app.db-shm", "app.db-wal"], _folder.Files("data"));

        Assert.Equal(14, BackUpAndCompareFolders(database).Entries);
    }

    [Fact]
    public void A_wal_with_frames_whose_index_is_gone()
    {
        string database = new SampleDatabase { JournalMode = "wal", Entries = 12 }.Create(_folder["data/app.db"]);
        WriterProcess.Crash(database, "crash-wal");
        File.Delete(database + "-shm");

        Assert.Equal(14, BackUpAndCompareFolders(database).Entries);
    }

    [Fact]
    public void A_wal_beside_a_header_of_rollback_mode()
    {
        // SQLite reads the WAL all the same: its index would be made by whoever opens the database first.
        string database = new SampleDatabase { JournalMode = "wal", Entries = 12 }.Create(_folder["data/app.db"]);
        WriterProcess.Crash(database, "crash-wal");
        File.Delete(database + "-shm");
        SetVersions(database, 1);

        Assert.Equal(14, BackUpAndCompareFolders(database).Entries);
    }

    [Fact]
    public void A_hot_journal_of_a_crash_on_the_way_to_wal_mode()
    {
        string database = new SampleDatabase { Megabytes = 1, Entries = 12 }.Create(_folder["data/app.db"]);
        LedgerState before = Ledger.Read(database);
        WriterProcess.Crash(database, "crash-journal");
        SetVersions(database, 2);

        Assert.Equal(before, BackUpAndCompareFolders(database));
    }

    [Fact]
    public void A_private_copy_is_read_without_locks()
    {
        // As on macOS, where the lock that keeps other runs off the copy is one of SQLite's kind.
        string copy = new SampleDatabase { Entries = 12 }.Create(_folder["copy.db"]);
        using WriterProcess holder = WriterProcess.Start(copy, "exclusive");

        Assert.ThrowsAny<SqliteException>(() => Entries(SqliteConnector.OpenReadOnly(copy)));
        Assert.Equal(13, Entries(SqliteConnector.OpenRecovered(copy)));
        Assert.Equal(13, Entries(SqliteConnector.OpenPrivate(copy)));

        static long Entries(SqliteConnection connection)
        {
            using (connection)
            {
                using SqliteCommand command = connection.CreateCommand();
                command.CommandText = "SELECT count(*) FROM entry";
                command.CommandTimeout = 1;
                return (long)command.ExecuteScalar()!;
            }
        }
    }

    [Fact]
    public void A_wal_whose_last_frames_were_cut_off()
    {
        string database = new SampleDatabase { JournalMode = "wal", Entries = 12 }.Create(_folder["data/app.db"]);
        WriterProcess.Crash(database, "crash-wal");
        using (FileStream wal = File.OpenWrite(database + "-wal"))
        {
            wal.SetLength(wal.Length - 100);
        }

        Assert.InRange(BackUpAndCompareFolders(database).Entries, 12, 13);
    }

    [Fact]
    public void A_hot_journal_is_rolled_back_in_the_copy_only()
    {
        string database = new SampleDatabase { Megabytes = 1, Entries = 12 }.Create(_folder["data/app.db"]);
        LedgerState before = Ledger.Read(database);
        WriterProcess.Crash(database, "crash-journal");
        Assert.Equal(["app.db", "app.db-journal"], _folder.Files("data"));
        using (SqliteConnection reader = SampleDatabase.Open(new Uri(database).AbsoluteUri + "?immutable=1", SqliteOpenMode.ReadOnly))
        {
            Assert.NotEqual(Ledger.Total, SampleDatabase.Scalar<long>(reader, "SELECT sum(balance) FROM account"));
        }

        Assert.Equal(before, BackUpAndCompareFolders(database));
    }

    [Theory]
    [InlineData("delete", "")]
    [InlineData("wal", "")]
    [InlineData("wal", "crash-wal")]
    [InlineData("delete", "crash-journal")]
    public void A_folder_that_can_not_be_written(string journalMode, string crash)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 1, Entries = 12 }.Create(_folder["data/app.db"]);
        if (crash.Length > 0)
        {
            WriterProcess.Crash(database, crash);
        }

        using ReadOnlyFolder folder = ReadOnlyFolder.TryMake(_folder["data"], out string? reason)!;
        Assert.SkipWhen(folder is null, $"no folder could be made read-only: {reason}");

        Assert.Equal(crash == "crash-wal" ? 14 : 12, BackUpAndCompareFolders(database).Entries);
    }

    [Fact]
    public void An_application_that_starts_while_its_resting_database_is_copied_keeps_its_wal()
    {
        string database = new SampleDatabase { JournalMode = "wal", Megabytes = 4, Entries = 12 }.Create(_folder["data/app.db"]);
        WriterProcess? writer = null;
        var observer = new RecordingObserver(progress => writer ??= progress.Remaining > 0 ? WriterProcess.Start(database) : null);

        BackupResult result = BackupRun.Run(
            database, _folder["copy.db"], new CopyOptions { PagesPerStep = 100, StepDelay = TimeSpan.FromMilliseconds(20) }, observer);

        Assert.Equal(0, result.Restarts);
        Assert.Equal(12, BackupRun.AssertGood(_folder["copy.db"]).Entries);
        using (writer)
        {
            Assert.Equal(0, writer!.Stop().Errors);
        }

        Assert.True(Ledger.Read(database).IsOneInstant);
    }

    [Fact]
    public void An_application_that_crashes_meanwhile_leaves_its_commits_in_its_wal_and_we_leave_them_there()
    {
        string database = new SampleDatabase { JournalMode = "wal", Megabytes = 4, Entries = 12 }.Create(_folder["data/app.db"]);
        string[] before = FolderSnapshot.Take(_folder["data"]);
        bool crashed = false;
        var observer = new RecordingObserver(progress =>
        {
            if (!crashed && progress.Remaining > 0)
            {
                crashed = true;
                WriterProcess.Crash(database, "crash-wal");
            }
        });

        BackupRun.Run(database, _folder["copy.db"], new CopyOptions { PagesPerStep = 100, StepDelay = TimeSpan.FromMilliseconds(20) }, observer);

        Assert.Equal(12, BackupRun.AssertGood(_folder["copy.db"]).Entries);
        Assert.Equal(before, FolderSnapshot.Take(_folder["data"]).Where(file => file.StartsWith("app.db ", StringComparison.Ordinal)));
        Assert.Equal(14, Ledger.Read(database).Entries);
    }

    // The two bytes of a header that tell the journal mode (https://sqlite.org/fileformat2.html#file_format_version_numbers).
    private static void SetVersions(string database, byte version)
    {
        using FileStream file = File.OpenWrite(database);
        file.Position = 18;
        file.Write([version, version]);
    }

    private LedgerState BackUpAndCompareFolders(string database)
    {
        string folder = Path.GetDirectoryName(database)!;
        string[] before = FolderSnapshot.Take(folder);

        BackupRun.Run(database, _folder["out/copy.db"]);

        Assert.Equal(before, FolderSnapshot.Take(folder));
        Assert.Equal(["copy.db"], _folder.Files("out"));
        return BackupRun.AssertGood(_folder["out/copy.db"]);
    }
}
