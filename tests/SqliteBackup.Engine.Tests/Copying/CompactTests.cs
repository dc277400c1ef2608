using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Catalog;

namespace SqliteBackup.Engine.Tests.Copying;

public sealed class CompactTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void Free_pages_are_left_out_and_the_source_is_left_as_it_is(string journalMode)
    {
        string database = Holey(journalMode);
        string[] before = FolderSnapshot.Take(_folder["in"]);

        BackupResult result = CatalogBackup.Run(database, _folder["out/copy.db"], request => request with { Compact = true });

        Assert.Equal(before, FolderSnapshot.Take(_folder["in"]));
        Assert.InRange(result.Bytes, 1, new FileInfo(database).Length / 2);
        Assert.Equal(new FileInfo(_folder["out/copy.db"]).Length, result.Bytes);
        Assert.Equal(0L, SampleDatabase.Scalar<long>(_folder["out/copy.db"], "PRAGMA freelist_count"));
        Assert.True(ManifestFile.Read(_folder["out/copy.db"]).Manifest!.IsCompact);
        BackupRun.AssertGood(_folder["out/copy.db"]);
        Assert.Equal(["copy.db", "copy.db.json"], _folder.Files("out"));
    }

    [Fact]
    public void A_compact_copy_of_a_busy_database_is_one_instant()
    {
        string database = Holey("wal");
        using WriterProcess writer = WriterProcess.Start(database);

        CatalogBackup.Run(database, _folder["out/copy.db"], request => request with { Compact = true });

        Assert.Null(writer.Stop().FirstError);
        BackupRun.AssertGood(_folder["out/copy.db"]);
    }

    [Fact]
    public void Cancelling_it_leaves_nothing_and_it_reports_how_far_it_is()
    {
        string database = Holey("wal");
        using var cancel = new CancellationTokenSource();
        var observer = new RecordingObserver(progress =>
        {
            if (progress.State == BackupState.Copying && progress.Remaining > 0)
            {
                cancel.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(
            () => CatalogBackup.Run(database, _folder["out/copy.db"], request => request with { Compact = true }, observer, cancel.Token));

        Assert.Contains(observer.Progress, progress => progress.State == BackupState.Copying && progress.Remaining > 0);
        Assert.Equal(["in"], _folder.Files());
    }

    [Fact]
    public void Commits_to_a_rollback_journal_do_not_end_it()
    {
        string database = Holey("delete");
        using WriterProcess writer = WriterProcess.Start(database, rate: 300);

        for (int run = 0; run < 5; run++)
        {
            CatalogBackup.Run(database, _folder[$"out/{run}.db"], request => request with { Compact = true });
            BackupRun.AssertGood(_folder[$"out/{run}.db"]);
        }

        Assert.Null(writer.Stop().FirstError);
    }

    [Fact]
    public void It_keeps_to_the_rate_and_the_steps_that_were_asked_for()
    {
        string database = Holey("delete");
        long bytes = new FileInfo(database).Length;

        BackupResult result = CatalogBackup.Run(
            database, _folder["out/copy.db"], request => request with { Compact = true, Copy = new CopyOptions { MaxBytesPerSecond = bytes, PagesPerStep = 50 } });

        Assert.InRange(result.ThrottledFor, TimeSpan.FromMilliseconds(500), TimeSpan.MaxValue);
        Assert.InRange(result.Steps, bytes / 4096 / 50, long.MaxValue);
    }

    [Fact]
    public void While_it_is_suspended_it_holds_still_also_as_it_rewrites()
    {
        string database = Holey("delete", megabytes: 24);
        long pages = new FileInfo(database).Length / 4096;
        using var backup = new SteeredBackup(
            database, _folder["out/copy.db"], new CopyOptions { MaxBytesPerSecond = 12 << 20 }, request: request => request with { Compact = true });
        backup.WaitFor(progress => progress.PageCount > 0 && progress.PageCount < pages && progress.Remaining > 0);

        backup.Suspend();
        Assert.Null(backup.Final);
        backup.Control.Resume();

        backup.Join();
        BackupRun.AssertGood(_folder["out/copy.db"]);
    }

    private string Holey(string journalMode, double megabytes = 8)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = megabytes }.Create(_folder["in/app.db"]);
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, "DELETE FROM filler WHERE id % 3 > 0");
        return database;
    }
}
