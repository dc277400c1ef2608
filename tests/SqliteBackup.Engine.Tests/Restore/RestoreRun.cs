using SqliteBackup.Restore;

namespace SqliteBackup.Engine.Tests.Restore;

/// <summary>Runs restores for tests.</summary>
internal static class RestoreRun
{
    public static RestoreResult Run(
        string backup, string database, bool overwrite = true, RecordingObserver? observer = null, CopyOptions? copy = null, CancellationToken? cancel = null) =>
        Run(
            new RestoreRequest { Backup = backup, Database = database, Overwrite = overwrite, Copy = copy ?? new CopyOptions() },
            observer,
            cancel);

    public static RestoreResult Run(RestoreRequest request, RecordingObserver? observer = null, CancellationToken? cancel = null) =>
        DatabaseRestore.Run(request, observer, cancel ?? TestContext.Current.CancellationToken);

    /// <summary>A database with content of its own: half the size of the other, or twice.</summary>
    public static string Make(TempFolder folder, string name, string journalMode = "delete", int pageSize = 4096, double megabytes = 1, int entries = 10, int version = 1)
    {
        string path = new SampleDatabase { JournalMode = journalMode, PageSize = pageSize, Megabytes = megabytes, Entries = entries }.Create(folder[name]);
        using var connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, $"PRAGMA user_version={version}; PRAGMA application_id={version * 1000}");
        return path;
    }

    /// <summary>Asserts that a database holds what another does, and is whole.</summary>
    public static void AssertEqual(string expected, string database)
    {
        Assert.Equal(DatabaseContent.Of(expected), DatabaseContent.Of(database));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(database, "PRAGMA integrity_check"));
        if (Judge.Missing is null)
        {
            Assert.Equal("ok", Judge.IntegrityCheck(database));
        }
    }
}
