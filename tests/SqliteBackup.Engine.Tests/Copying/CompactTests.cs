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

        Assert.Equal(0, writer.Stop().Errors);
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
    public void It_does_not_hold_writers_of_a_rollback_journal_up_for_longer_than_they_may_wait()
    {
        string database = Holey("delete");

        BackupRun.Fails(BackupFailure.BackupStalled, () => CatalogBackup.Run(
            database, _folder["out/copy.db"], request => request with { Compact = true, Copy = new CopyOptions { MaxWriterStall = TimeSpan.Zero } }));

        Assert.Equal(["in"], _folder.Files());
    }

    private string Holey(string journalMode)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 8 }.Create(_folder["in/app.db"]);
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, "DELETE FROM filler WHERE id % 3 > 0");
        return database;
    }
}
