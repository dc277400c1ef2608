using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Operation;

/// <summary>A backup that another thread suspends, resumes and stops.</summary>
public sealed class ControlTests : IDisposable
{
    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(500);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete", 1)]
    [InlineData("delete", 300)]
    [InlineData("wal", 1)]
    [InlineData("wal", 300)]
    public void A_backup_holds_still_while_it_is_suspended_and_then_goes_on_to_a_whole_copy(string journalMode, int delay)
    {
        using var running = new SteeredBackup(Sample(journalMode), _folder["copy.db"], new CopyOptions { PagesPerStep = delay, StepDelay = TimeSpan.FromMilliseconds(delay) });
        running.WaitFor(progress => progress.PercentComplete > 0 && progress.State != BackupState.Paused);

        running.Control.Suspend();
        BackupProgress paused = running.WaitFor(progress => progress.State == BackupState.Paused);
        Thread.Sleep(Half);

        Assert.Equal(BackupState.Paused, running.Latest!.State);
        Assert.Equal(paused.Remaining, running.Latest.Remaining);
        running.Control.Resume();
        running.WaitFor(progress => progress.Remaining < paused.Remaining);
        running.Join();
        BackupRun.AssertGood(_folder["copy.db"]);
    }

    [Fact]
    public void Suspended_between_steps_it_holds_no_lock_on_a_rollback_journal_database()
    {
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        string database = Sample("delete");
        using var running = new SteeredBackup(database, _folder["copy.db"], Slow);
        running.WaitFor(progress => progress.PercentComplete > 0);

        running.Suspend();

        Assert.Equal("", Judge.Query(database, "BEGIN EXCLUSIVE"));
        running.Stop();
    }

    [Fact]
    public void Suspended_under_a_read_lock_on_a_rollback_journal_database_it_gives_the_lock_up_and_copies_what_then_is()
    {
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        string database = Sample("delete");
        using var running = new SteeredBackup(database, _folder["copy.db"], Slow with { Mode = CopyMode.Snapshot, MaxWriterStall = TimeSpan.FromMinutes(10) });
        running.WaitFor(progress => progress.PercentComplete > 0);

        running.Suspend();
        using (var writer = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(writer, Ledger.Move(77));
        }

        running.Control.Resume();
        running.Join();

        Assert.Equal(11, BackupRun.AssertGood(_folder["copy.db"]).Entries);
    }

    [Fact]
    public void Suspended_in_a_snapshot_it_keeps_its_instant_and_says_what_that_costs()
    {
        string database = Sample("wal");
        using var running = new SteeredBackup(database, _folder["copy.db"], Slow);
        running.WaitFor(progress => progress.PercentComplete > 0);

        running.Suspend();
        using (var writer = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(writer, Ledger.Move(77));
        }

        running.Control.Resume();
        BackupResult result = running.Join();

        Assert.Equal(10, BackupRun.AssertGood(_folder["copy.db"]).Entries);
        Assert.Equal(0, result.Restarts);
        Assert.Contains(running.Warnings, text => text.Contains("keeps its snapshot", StringComparison.Ordinal) && text.Contains("-MaxWalGrowth", StringComparison.Ordinal));
    }

    [Fact]
    public void Suspended_in_a_snapshot_it_resumes_by_itself_when_the_WAL_has_grown_too_far()
    {
        string database = Sample("wal");
        using var running = new SteeredBackup(database, _folder["copy.db"], Slow with { MaxWalGrowth = 100_000 });
        running.WaitFor(progress => progress.PercentComplete > 0);

        running.Suspend();
        using (var writer = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(writer, "INSERT INTO filler(data) SELECT randomblob(300000)");
            running.WaitFor(progress => progress.State != BackupState.Paused);
            running.Join();
        }

        Assert.False(running.Control.IsSuspended);
        Assert.Contains(running.Warnings, text => text.Contains("resumed by itself", StringComparison.Ordinal));
        BackupRun.AssertGood(_folder["copy.db"]);
    }

    [Fact]
    public void The_time_spent_suspended_counts_towards_no_bound()
    {
        string database = Sample("delete");
        using var running = new SteeredBackup(database, _folder["copy.db"], new CopyOptions { PagesPerStep = 64, StepDelay = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(20) });
        running.WaitFor(progress => progress.PercentComplete > 0);

        running.Suspend();
        Thread.Sleep(TimeSpan.FromSeconds(2));
        running.Control.Resume();

        BackupResult result = running.Join();
        Assert.True(result.Duration > TimeSpan.FromSeconds(2));
        Assert.True(running.Final!.BytesPerSecond > result.Bytes / (result.Duration.TotalSeconds - 1), $"{running.Final.BytesPerSecond} B/s");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stop_ends_it_soon_suspended_or_not_and_leaves_nothing(bool suspended)
    {
        using var running = new SteeredBackup(Sample("delete"), _folder["out/copy.db"], Slow with { StepDelay = TimeSpan.FromMinutes(10) });
        running.WaitFor(progress => progress.PercentComplete > 0);
        if (suspended)
        {
            running.Suspend();
        }

        running.Stop();

        Assert.Equal(BackupState.Stopped, running.Final!.State);
        Assert.Equal(["app.db"], _folder.Files());
    }

    [Fact]
    public void An_action_from_before_the_backup_began_holds()
    {
        string database = Sample("delete");
        using var suspended = new SteeredBackup(database, _folder["a.db"], new CopyOptions(), control => control.Suspend());
        Assert.Equal(0, suspended.WaitFor(progress => progress.State == BackupState.Paused).PageCount);
        using var stopped = new SteeredBackup(database, _folder["b.db"], new CopyOptions(), control => control.Stop());

        Assert.ThrowsAny<OperationCanceledException>(stopped.Join);
        Assert.Equal(["app.db"], _folder.Files());
        suspended.Control.Resume();
        suspended.Join();
        BackupRun.AssertGood(_folder["a.db"]);
    }

    private static CopyOptions Slow => new() { PagesPerStep = 4, StepDelay = TimeSpan.FromMilliseconds(5) };

    private string Sample(string journalMode) => new SampleDatabase { Megabytes = 2, JournalMode = journalMode }.Create(_folder["app.db"]);
}
