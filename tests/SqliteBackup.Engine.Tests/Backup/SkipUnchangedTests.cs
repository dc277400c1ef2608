using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Engine.Tests.Catalog;

namespace SqliteBackup.Engine.Tests.Backup;

/// <summary>No new file for the same content, and always one for another.</summary>
public sealed class SkipUnchangedTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _run;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void One_changed_row_is_noticed_and_nothing_else_makes_a_file(string journalMode)
    {
        string database = new SampleDatabase { JournalMode = journalMode }.Create(_folder["app.db"]);
        BackupResult first = Run(database);

        Assert.False(first.Unchanged);
        AssertUnchanged(first, Run(database));
        File.SetLastWriteTimeUtc(database, DateTime.UtcNow.AddDays(-1));
        AssertUnchanged(first, Run(database));
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "UPDATE account SET balance = balance + 1 WHERE id = 1");
        }

        BackupResult changed = Run(database);

        Assert.False(changed.Unchanged);
        AssertUnchanged(changed, Run(database));
        Assert.Equal(4, _folder.Files("out").Length);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void A_change_that_leaves_size_and_time_as_they_were_is_noticed_while_the_database_is_open(string journalMode)
    {
        string database = new SampleDatabase { JournalMode = journalMode }.Create(_folder["app.db"]);
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, "UPDATE account SET balance = 1001 WHERE id = 1");
        DateTime[] settled = SetTimes(database, DateTime.UtcNow.AddDays(-1));
        BackupResult first = Run(database);
        AssertUnchanged(first, Run(database));

        // The WAL is begun anew: the second commit has the length of the first.
        if (journalMode == "wal")
        {
            SampleDatabase.Execute(connection, "PRAGMA wal_checkpoint(RESTART)");
        }

        SampleDatabase.Execute(connection, "UPDATE account SET balance = 1002 WHERE id = 1");
        SetTimes(database, settled[0]);

        Assert.False(Run(database).Unchanged);
    }

    [Fact]
    public void Content_that_came_back_is_found_equal_although_the_file_was_written_to()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        BackupResult first = Run(database);
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "UPDATE account SET balance = balance + 1 WHERE id = 1");
            SampleDatabase.Execute(connection, "UPDATE account SET balance = balance - 1 WHERE id = 1");
        }

        AssertUnchanged(first, Run(database));
    }

    [Fact]
    public void A_file_with_a_name_of_its_own_is_compared_with_itself_alone()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Run(database);

        BackupResult Named() => CatalogBackup.Run(
            database, _folder["out/kept.db"], request => request with { SkipUnchanged = true, HasFixedName = true });

        Assert.False(Named().Unchanged);
        BackupResult again = Named();
        Assert.True(again.Unchanged);
        Assert.Equal(_folder["out/kept.db"], again.Backup);
    }

    [Fact]
    public void A_latest_backup_that_is_gone_cut_short_or_less_checked_is_no_reason_to_skip()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        BackupResult first = Run(database);
        Assert.False(Run(database, request => request with { Verify = VerifyLevel.Full }).Unchanged);
        foreach (string path in Directory.GetFiles(_folder["out"], "*.db"))
        {
            using FileStream file = File.OpenWrite(path);
            file.SetLength(file.Length - 1);
        }

        BackupResult again = Run(database);
        Assert.False(again.Unchanged);
        File.Delete(again.Backup);
        File.Delete(first.Backup);
        Assert.False(Run(database).Unchanged);
    }

    private static DateTime[] SetTimes(string database, DateTime time)
    {
        foreach (string path in (string[])[database, database + "-wal"])
        {
            if (File.Exists(path))
            {
                File.SetLastWriteTimeUtc(path, time);
            }
        }

        return [time];
    }

    private static void AssertUnchanged(BackupResult latest, BackupResult result)
    {
        Assert.True(result.Unchanged);
        Assert.Equal((latest.Backup, latest.SnapshotTakenAt, latest.Bytes), (result.Backup, result.SnapshotTakenAt, result.Bytes));
    }

    private BackupResult Run(string database, Func<BackupRequest, BackupRequest>? with = null) =>
        CatalogBackup.Run(database, _folder[$"out/{++_run}.db"], request => (with?.Invoke(request) ?? request) with { SkipUnchanged = true });
}
