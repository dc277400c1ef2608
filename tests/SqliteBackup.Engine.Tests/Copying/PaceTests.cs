using System.Diagnostics;
using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Copying;

/// <summary>Rate, pauses, bounds and the ways out of them.</summary>
public sealed class PaceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rate_that_copies_share_is_for_all_of_them()
    {
        string[] databases = [.. Enumerable.Range(0, 3).Select(number => new SampleDatabase { Megabytes = 1 }.Create(_folder[$"shared{number}.db"]))];
        long bytes = databases.Sum(database => new FileInfo(database).Length);
        var options = new CopyOptions { SharedRate = new RateBudget(bytes / 2), MaxBytesPerSecond = bytes };

        BackupResult[] results = [.. databases.AsParallel().WithDegreeOfParallelism(3).Select(database => BackupRun.Run(database, database + ".copy", options))];

        // Without it they would take a third of a second each, also one after the other less than this.
        TimeSpan took = results.Max(result => result.StartedAt + result.Duration) - results.Min(result => result.StartedAt);
        Assert.InRange(took, TimeSpan.FromSeconds(1.2), TimeSpan.MaxValue);
        Assert.All(results, result => Assert.True(result.ThrottledFor > TimeSpan.Zero));
    }

    [Theory]
    [InlineData("wal", 4096)]
    [InlineData("delete", 65536)]
    public void A_rate_limit_is_held_over_a_long_copy_and_within_each_second(string journalMode, int pageSize)
    {
        const long Rate = 2_000_000;
        string database = new SampleDatabase { JournalMode = journalMode, PageSize = pageSize, Megabytes = 20 }.Create(_folder["app.db"]);

        // A machine that is busy with other things makes any copy slower than its limit, so only the upper bound holds in every run.
        double lowest = 0;
        for (int attempt = 1; attempt <= 3 && lowest < Rate * 0.95; attempt++)
        {
            lowest = MeasureRate(database, pageSize, Rate);
        }

        Assert.InRange(lowest, Rate * 0.95, Rate * 1.05);
    }

    [Fact]
    public void Commits_that_keep_a_copy_from_getting_on_lift_the_rate_limit_and_that_is_said()
    {
        string database = new SampleDatabase { Megabytes = 20 }.Create(_folder["app.db"]);
        using WriterProcess writer = WriterProcess.Start(database, rate: 100);
        var observer = new RecordingObserver();

        BackupResult result = BackupRun.Run(database, _folder["copy.db"], new CopyOptions { MaxBytesPerSecond = 2_000_000 }, observer);

        Assert.True(result.Escalations > 0);
        Assert.Contains("rate limit are lifted", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        BackupRun.AssertGood(_folder["copy.db"]);
        Assert.Null(writer.Stop().FirstError);
    }

    [Fact]
    public void A_wal_that_grows_too_large_lifts_the_rate_limit_and_says_so()
    {
        string database = new SampleDatabase { JournalMode = "wal", Megabytes = 30 }.Create(_folder["app.db"]);
        using WriterProcess writer = WriterProcess.Start(database, rate: 200);
        var observer = new RecordingObserver();

        BackupResult result = BackupRun.Run(
            database, _folder["copy.db"], new CopyOptions { MaxBytesPerSecond = 100_000, MaxWalGrowth = 1_000_000 }, observer);

        // At the limit it would take five minutes. How soon the WAL has grown is the disk's matter.
        Assert.True(result.Duration < TimeSpan.FromMinutes(3));
        Assert.Contains("MaxWalGrowth", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        Assert.Equal(1, result.Escalations);
        Assert.True(result.PeakWalBytes > 1_000_000);
        Assert.Contains(observer.Progress, item => item.WaitingFor == BackupWait.RateLimit && item.WalBytes > 0);
        BackupRun.AssertGood(_folder["copy.db"]);
        Assert.Null(writer.Stop().FirstError);
    }

    [Fact]
    public void A_step_of_a_rollback_database_takes_about_as_long_as_it_may()
    {
        string database = new SampleDatabase { Megabytes = 150 }.Create(_folder["app.db"]);

        BackupResult few = BackupRun.Run(database, _folder["few.db"], new CopyOptions { StepDuration = TimeSpan.FromMilliseconds(200) });
        BackupResult many = BackupRun.Run(database, _folder["many.db"], new CopyOptions { StepDuration = TimeSpan.FromMilliseconds(2) });

        Assert.True(many.Steps > 5 * few.Steps, $"{many.Steps} against {few.Steps} steps");
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("throttle")]
    [InlineData("lock")]
    [InlineData("copy")]
    public void A_cancelled_backup_ends_at_once_and_leaves_nothing(string state)
    {
        string database = new SampleDatabase { Megabytes = 4 }.Create(_folder["data/app.db"]);
        using WriterProcess? holder = state == "lock" ? WriterProcess.Start(database, "hold-exclusive") : null;
        CopyOptions options = state switch
        {
            "pause" => new CopyOptions { PagesPerStep = 10, StepDelay = TimeSpan.FromMinutes(1) },
            "throttle" => new CopyOptions { MaxBytesPerSecond = 1 },
            "lock" => new CopyOptions { BusyTimeout = TimeSpan.FromMinutes(1) },
            _ => new CopyOptions { PagesPerStep = 1 },
        };
        using var cancel = new CancellationTokenSource();
        var asked = new Stopwatch();
        var observer = new RecordingObserver(progress =>
        {
            if (!asked.IsRunning && progress.State is BackupState.Copying or BackupState.Waiting)
            {
                asked.Start();
                if (state == "copy")
                {
                    cancel.Cancel();
                }
                else
                {
                    cancel.CancelAfter(300);
                }
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => BackupRun.Run(database, _folder["out/copy.db"], options, observer, cancel: cancel.Token));

        // What it stops would go on for a minute at least.
        Assert.InRange(asked.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.Equal(BackupState.Stopped, observer.Progress[^1].State);
        Assert.False(Directory.Exists(_folder["out"]));
        holder?.Stop();
        SampleDatabase.Scalar<long>(database, "SELECT count(*) FROM account");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_backup_that_is_not_done_in_time_times_out(bool locked)
    {
        string database = new SampleDatabase { Megabytes = 4 }.Create(_folder["data/app.db"]);
        using WriterProcess? holder = locked ? WriterProcess.Start(database, "hold-exclusive") : null;

        SqliteBackupException error = BackupRun.Fails(
            BackupFailure.BackupTimedOut,
            () => BackupRun.Run(
                database, _folder["out/copy.db"], new CopyOptions { MaxBytesPerSecond = 100_000, Timeout = TimeSpan.FromMilliseconds(500) }));

        Assert.Contains("-TimeoutSeconds", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void A_stalled_copy_that_would_keep_writers_waiting_for_too_long_says_what_would_help()
    {
        string database = new SampleDatabase { Megabytes = 80 }.Create(_folder["data/app.db"]);
        using WriterProcess writer = WriterProcess.Start(database, rate: 100);

        SqliteBackupException error = BackupRun.Fails(
            BackupFailure.BackupStalled,
            () => BackupRun.Run(
                database,
                _folder["out/copy.db"],
                new CopyOptions { StepDuration = TimeSpan.FromMilliseconds(1), MaxWriterStall = TimeSpan.FromMilliseconds(1), StallWindow = TimeSpan.FromMilliseconds(300) }));

        Assert.Contains("WAL", error.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxWriterStallSeconds", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
        Assert.Null(writer.Stop().FirstError);
    }

    [Fact]
    public void A_copy_that_may_only_step_gives_up_in_the_end_instead_of_restarting_for_ever()
    {
        string database = new SampleDatabase { Megabytes = 40 }.Create(_folder["data/app.db"]);
        using WriterProcess writer = WriterProcess.Start(database, rate: 200);

        BackupRun.Fails(
            BackupFailure.BackupStalled,
            () => BackupRun.Run(
                database,
                _folder["out/copy.db"],
                new CopyOptions { Mode = CopyMode.Stepped, StepDuration = TimeSpan.FromMilliseconds(1), StallWindow = TimeSpan.FromMilliseconds(60) }));
    }

    [Theory]
    [InlineData("wal", CopyMode.Auto, null, CopyMode.Snapshot)]
    [InlineData("wal", CopyMode.Stepped, null, CopyMode.Stepped)]
    [InlineData("wal", CopyMode.Snapshot, 100, CopyMode.Snapshot)]
    [InlineData("wal", CopyMode.SingleStep, null, CopyMode.SingleStep)]
    [InlineData("delete", CopyMode.Auto, null, CopyMode.Stepped)]
    [InlineData("delete", CopyMode.Snapshot, null, CopyMode.Snapshot)]
    [InlineData("delete", CopyMode.SingleStep, null, CopyMode.SingleStep)]
    [InlineData("delete", CopyMode.SingleStep, 100, CopyMode.SingleStep)]
    public void The_mode_used_is_reported_and_a_step_size_honoured_in_each(string journalMode, CopyMode asked, int? pagesPerStep, CopyMode used)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 2 }.Create(_folder["app.db"]);

        BackupResult result = BackupRun.Run(database, _folder["copy.db"], new CopyOptions { Mode = asked, PagesPerStep = pagesPerStep });

        Assert.Equal(used, result.CopyMode);
        Assert.Equal(0, result.Escalations);
        Assert.True(result.MaxReadLock > 0);
        if (pagesPerStep is int pages)
        {
            Assert.Equal((result.PageCount + pages - 1) / pages, result.Steps);
        }
        else if (asked == CopyMode.SingleStep)
        {
            Assert.Equal(1, result.Steps);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void A_step_that_would_never_end_a_copy_is_refused(int pages) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CopyOptions { PagesPerStep = pages });

    // Answers the rate over the whole copy. Within each second it may not be much higher either.
    private double MeasureRate(string database, int pageSize, long limit)
    {
        var observer = new RecordingObserver();

        BackupResult result = BackupRun.Run(database, _folder["copy.db"], new CopyOptions { MaxBytesPerSecond = limit }, observer, overwrite: true);

        BackupProgress[] copying = [.. observer.Progress.Where(item => item is { PageCount: > 0, State: BackupState.Copying or BackupState.Waiting })];
        Assert.True(copying.Count(item => item.WaitingFor == BackupWait.RateLimit) > copying.Length / 2);
        foreach (BackupProgress from in copying)
        {
            BackupProgress? to = Array.Find(copying, item => item.Elapsed >= from.Elapsed + TimeSpan.FromSeconds(1));
            if (to is not null)
            {
                double rate = (from.Remaining - to.Remaining) * (double)pageSize / (to.Elapsed - from.Elapsed).TotalSeconds;
                Assert.InRange(rate, 0, limit * 1.3);
            }
        }

        double seconds = (copying[^1].Elapsed - copying[0].Elapsed).TotalSeconds;
        Assert.True(seconds > 9, $"only {seconds} s");
        Assert.InRange(result.ThrottledFor.TotalSeconds, 1, result.Duration.TotalSeconds);
        return (copying[0].Remaining - copying[^1].Remaining) * (double)pageSize / seconds;
    }
}
