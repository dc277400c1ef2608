using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A VACUUM gives the source another page size while it is copied.</summary>
public sealed class PageSizeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4096, 1024)]
    [InlineData(1024, 8192)]
    public void A_copy_whose_source_changes_its_page_size_is_whole_and_has_the_new_one(int before, int after)
    {
        string database = new SampleDatabase { Megabytes = 2, PageSize = before }.Create(_folder["app.db"]);
        bool isChanged = false;
        var observer = new RecordingObserver(progress =>
        {
            if (!isChanged && progress is { State: BackupState.Copying or BackupState.Waiting, Remaining: > 0 })
            {
                isChanged = true;
                using SqliteConnection connection = SampleDatabase.Open(database);
                SampleDatabase.Execute(connection, $"PRAGMA page_size={after}; VACUUM");
            }
        });

        BackupResult result = BackupRun.Run(
            database, _folder["out/copy.db"], new CopyOptions { PagesPerStep = 10, StepDelay = TimeSpan.FromMilliseconds(1), Mode = CopyMode.Stepped }, observer);

        Assert.True(isChanged);
        Assert.Equal((after, new FileInfo(_folder["out/copy.db"]).Length), (result.PageSize, result.Bytes));
        Assert.Equal((long)after, SampleDatabase.Scalar<long>(_folder["out/copy.db"], "PRAGMA page_size"));
        BackupRun.AssertGood(_folder["out/copy.db"]);
    }
}
