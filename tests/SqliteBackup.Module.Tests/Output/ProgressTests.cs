using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Output;

public sealed class ProgressTests : ModuleTest
{
    // About a second a database.
    private const string Slowly = "-PagesPerStep 2 -StepDelayMilliseconds 10";

    [Fact]
    public void A_step_limited_copy_shows_how_far_it_is_and_last_that_it_is_completed()
    {
        Create("app.db", rows: 200);

        RunOutcome outcome = Run($"Backup-SqliteDatabase app.db copy.db {Slowly}");

        outcome.AssertClean();
        Assert.True(outcome.Progress.Count >= 3, $"{outcome.Progress.Count} records");
        Assert.Equal(ProgressRecordType.Completed, outcome.Progress[^1].RecordType);
        ProgressRecord[] processing = [.. outcome.Progress.SkipLast(1)];
        Assert.All(processing, record => Assert.Equal(ProgressRecordType.Processing, record.RecordType));
        Assert.All(processing, record => Assert.Equal("Backing up app.db", record.Activity));
        Assert.Equal(processing.Select(record => record.PercentComplete).Order(), processing.Select(record => record.PercentComplete));
        Assert.Contains(processing, record => record.PercentComplete is > 0 and < 100);
        ProgressRecord middle = processing.First(record => record.PercentComplete is > 0 and < 100);
        Assert.Matches(@"\d+ %, \d+ of \d+ pages, [0-9.]+ KB, [0-9.]+ [KM]B/s", middle.StatusDescription);
        Assert.Contains(Folder["copy.db"], middle.CurrentOperation, StringComparison.Ordinal);
        Assert.True(middle.SecondsRemaining >= 0);
    }

    [Fact]
    public void A_row_is_written_at_most_five_times_a_second()
    {
        Create("app.db", rows: 300);

        RunOutcome outcome = Run($"Backup-SqliteDatabase app.db copy.db {Slowly}");

        double seconds = outcome.Get<TimeSpan>("Duration").TotalSeconds;
        Assert.True(seconds > 0.5, $"The copy took {seconds} s, too short to tell.");

        // The first and the Completed record come on top.
        Assert.InRange(outcome.Progress.Count, 3, (5 * seconds) + 2);
    }

    [Fact]
    public void A_batch_has_a_row_of_its_own_and_every_row_ends_completed()
    {
        Create("one.db", rows: 100);
        File.WriteAllText(Folder["two.db"], "no database");
        Create("three.db", rows: 100);

        RunOutcome outcome = Run($"Backup-SqliteDatabase one.db, two.db, three.db backups/ {Slowly} -ThrottleLimit 1");

        outcome.AssertError("NotADatabase");
        ProgressRecord[] batch = [.. outcome.Progress.Where(record => record.ParentActivityId < 0 && record.Activity == "Backing up databases")];
        int batchId = Assert.Single(batch.Select(record => record.ActivityId).Distinct());
        Assert.Contains(batch, record => record.StatusDescription.StartsWith("0 of ", StringComparison.Ordinal));
        Assert.Contains(batch, record => record.StatusDescription.StartsWith("2 of 3 databases, 1 failed", StringComparison.Ordinal));
        Assert.Contains(outcome.Progress, record => record.Activity == "Backing up three.db" && record.ParentActivityId == batchId);
        Assert.Equal(batchId, outcome.Progress[^1].ActivityId);
        Assert.All(
            outcome.Progress.GroupBy(record => record.ActivityId),
            row => Assert.Equal(ProgressRecordType.Completed, row.Last().RecordType));
    }

    [Fact]
    public void A_row_ends_completed_after_an_error_in_mid_copy()
    {
        Create("app.db", rows: 300);

        RunOutcome outcome = Run($"Backup-SqliteDatabase app.db copy.db {Slowly} -TimeoutSeconds 0.4");

        outcome.AssertError("BackupTimedOut");
        Assert.Equal(ProgressRecordType.Completed, outcome.Progress[^1].RecordType);
    }

    [Fact]
    public void The_row_says_what_a_throttled_copy_waits_for()
    {
        Create("app.db", rows: 30);

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db copy.db -PagesPerStep 8 -MaxBytesPerSecond 64KB");

        outcome.AssertClean();
        Assert.Contains(outcome.Progress, record => record.StatusDescription.StartsWith("Held to the rate limit", StringComparison.Ordinal));
    }

    [Fact]
    public void A_throttled_snapshot_shows_its_WAL_and_warns_when_the_WAL_has_grown_too_much()
    {
        string database = new SampleDatabase { JournalMode = "wal", Megabytes = 4 }.Create(Folder["app.db"]);
        using WriterProcess writer = WriterProcess.Start(database, rate: 200);

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db copy.db -MaxBytesPerSecond 1MB -MaxWalGrowth 256KB");

        outcome.AssertClean();
        Assert.Contains(outcome.Progress, record => record.StatusDescription.Contains(", WAL ", StringComparison.Ordinal));
        Assert.Contains("WAL", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        Assert.True(outcome.Get<TimeSpan>("Duration") < TimeSpan.FromSeconds(3.5), "The rate limit was not lifted.");
    }
}
