using System.Diagnostics;
using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Running;

public sealed class StopTests : ModuleTest
{
    [Theory]
    [InlineData("-PagesPerStep 1 -StepDelayMilliseconds 20")]
    [InlineData("-PagesPerStep 1 -StepDelayMilliseconds 60000")]
    [InlineData("-MaxBytesPerSecond 4KB")]
    public void Stopping_in_mid_copy_ends_at_once_without_an_error_and_leaves_no_file_and_no_lock(string pace)
    {
        Create("app.db", rows: 2000);
        using PowerShell shell = Session.Create($"Backup-SqliteDatabase app.db backups/ {pace}");
        IAsyncResult running = shell.BeginInvoke();
        WaitUntil(() => Folder.Backups("backups").Any(file => file.Contains(".partial-", StringComparison.Ordinal)));
        WaitUntil(() => shell.Streams.Progress.Any(record => record.PercentComplete >= 0));

        long begun = Stopwatch.GetTimestamp();
        shell.Stop();

        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(2));
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.Empty(Folder.Backups("backups"));
        Assert.Equal(["app.db"], Folder.Files());
        Assert.Equal(ProgressRecordType.Completed, shell.Streams.Progress.Last().RecordType);

        // Another process, since a process never waits for its own locks.
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        Assert.Equal("", Judge.Query(Folder["app.db"], "BEGIN EXCLUSIVE"));
    }

    [Fact]
    public void Stopping_a_batch_leaves_whole_backups_only()
    {
        foreach (int number in Enumerable.Range(1, 5))
        {
            Create($"{number}.db", rows: 60);
        }

        using PowerShell shell = Session.Create(
            "Backup-SqliteDatabase *.db backups/ -FileNameFormat '{name}{extension}' -PagesPerStep 1 -StepDelayMilliseconds 10 -ThrottleLimit 1");
        IAsyncResult running = shell.BeginInvoke();
        WaitUntil(() => File.Exists(Folder["backups/2.db"]));

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.DoesNotContain(Folder.Backups("backups"), file => file.Contains(".partial-", StringComparison.Ordinal));
        Assert.DoesNotContain("5.db", Folder.Backups("backups"));
        Assert.All(Folder.Backups("backups"), file => Assert.Equal(60, Rows(Folder[$"backups/{file}"])));
        Assert.All(
            shell.Streams.Progress.GroupBy(record => record.ActivityId),
            row => Assert.Equal(ProgressRecordType.Completed, row.Last().RecordType));
    }

    [Fact]
    public void Stopping_while_the_upstream_still_produces_ends_the_backup_that_runs()
    {
        Create("app.db", rows: 2000);
        using PowerShell shell = Session.Create(
            """
            & { 'app.db'; while ($true) { [System.Threading.Thread]::Sleep(10) } } |
                Backup-SqliteDatabase -Destination backups/ -PagesPerStep 1 -StepDelayMilliseconds 20
            """);
        IAsyncResult running = shell.BeginInvoke();
        WaitUntil(() => Folder.Backups("backups").Length > 0);

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.Empty(Folder.Backups("backups"));
    }

    [Fact]
    public void Stopping_while_a_lock_is_waited_for_ends_at_once()
    {
        using WriterProcess writer = WriterProcess.Start(Create("app.db"), "hold-exclusive");
        using PowerShell shell = Session.Create("Backup-SqliteDatabase app.db backups/ -BusyTimeoutSeconds 600");
        IAsyncResult running = shell.BeginInvoke();
        WaitUntil(() => shell.Streams.Progress.Any(record => record.StatusDescription.StartsWith("Waiting for a lock", StringComparison.Ordinal)));

        long begun = Stopwatch.GetTimestamp();
        shell.Stop();

        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(2));
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.Empty(Folder.Backups("backups"));
    }

    [Fact]
    public void Progress_that_the_user_silenced_stays_silent_also_when_stopped()
    {
        Create("app.db", rows: 2000);
        using PowerShell shell = Session.Create(
            "$ProgressPreference = 'SilentlyContinue'; Backup-SqliteDatabase app.db backups/ -PagesPerStep 1 -StepDelayMilliseconds 20");
        IAsyncResult running = shell.BeginInvoke();
        WaitUntil(() => Folder.Backups("backups").Length > 0);

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Progress);
    }
}
