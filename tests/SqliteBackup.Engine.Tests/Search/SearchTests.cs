using Microsoft.Data.Sqlite;
using SqliteBackup.Catalog;
using SqliteBackup.Search;

namespace SqliteBackup.Engine.Tests.Search;

/// <summary>Looking for databases while this very process, with this very library, has some open.</summary>
public sealed class SearchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Looking_at_a_database_that_this_process_has_locked_takes_no_lock_away()
    {
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        string path = new SampleDatabase().Create(_folder["app.db"]);
        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, "BEGIN EXCLUSIVE");

        DatabaseInfo found = Assert.Single(Search());

        Assert.Contains("locked", Judge.Query(path, "BEGIN IMMEDIATE"), StringComparison.Ordinal);
        Assert.Equal(OperatingSystem.IsLinux() ? true : null, found.IsInUse);
    }

    [Fact]
    public void A_WAL_database_is_in_use_or_not_and_looking_leaves_no_trace()
    {
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        string path = new SampleDatabase { JournalMode = "wal" }.Create(_folder["app.db"]);
        Assert.False(Assert.Single(Search()).IsInUse);
        Assert.Equal(["app.db"], _folder.Files());

        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, "CREATE TABLE more(x); BEGIN IMMEDIATE; INSERT INTO more VALUES(1)");
        DatabaseInfo found = Assert.Single(Search());

        Assert.True(found.WalBytes > 0);
        Assert.Equal(OperatingSystem.IsLinux() ? true : null, found.IsInUse);
        Assert.Contains("locked", Judge.Query(path, "BEGIN IMMEDIATE"), StringComparison.Ordinal);
        Assert.Equal(["app.db", "app.db-shm", "app.db-wal"], _folder.Files());
        File.CreateSymbolicLink(_folder["link"], _folder["app.db-shm"]);
        Assert.Single(Search());
        Assert.Null(new DatabaseSearch().Look(_folder["app.db-shm"]));
        BackupRun.Fails(BackupFailure.NotADatabase, () => BackupRun.Run(_folder["app.db-shm"], _folder["copy.db"]));
        Assert.Contains("locked", Judge.Query(path, "BEGIN IMMEDIATE"), StringComparison.Ordinal);
    }

    [Fact]
    public void Staging_files_and_sweeps_of_many_runs_do_not_get_in_each_others_way()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
        {
            string destination = _folder[$"out/{number}.db"];
            new BackupDestinations().SweepFolderOf(destination);
            BackupRun.Run(database, destination, verify: VerifyLevel.None);
        });

        Assert.Equal(400, _folder.Files("out").Count(file => file.EndsWith(".db", StringComparison.Ordinal)));
    }

    private List<DatabaseInfo> Search() => [.. new DatabaseSearch().Search(_folder.Path, TestContext.Current.CancellationToken)];
}
