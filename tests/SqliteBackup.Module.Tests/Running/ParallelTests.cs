using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Running;

public sealed class ParallelTests : ModuleTest
{
    [Fact]
    public void Of_many_databases_with_five_broken_ones_all_others_are_backed_up_and_nothing_is_left()
    {
        int count = Math.Max(10, TestScale.Count(200));
        foreach (int number in Enumerable.Range(0, count))
        {
            Create($"in/{number:000}.db", rows: 1 + (number * 37 % 200));
        }

        foreach (int number in Enumerable.Range(1, 5))
        {
            File.WriteAllText(Folder[$"in/{number:000}.db"], "no database any more");
        }

        RunOutcome outcome = Run("Backup-SqliteDatabase in/*.db out/ -FileNameFormat '{name}{extension}' -ThrottleLimit 4");

        Assert.Null(outcome.Terminating);
        Assert.Equal(5, outcome.Errors.Count);
        Assert.All(outcome.Errors, error => Assert.StartsWith("NotADatabase,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(count - 5, outcome.Output.Count);
        Assert.Equal(count - 5, Folder.Files("out").Count(file => file.EndsWith(".db", StringComparison.Ordinal)));
        Assert.DoesNotContain(Folder.Files("out"), file => file.Contains(".partial-", StringComparison.Ordinal));
        Assert.Equal(count, Folder.Files("in").Length);
        Assert.All(outcome.Output, result => Assert.Equal(Pages((string)result.Properties["Database"].Value), result.Properties["PageCount"].Value));
        Assert.All(outcome.Progress.GroupBy(record => record.ActivityId), row => Assert.Equal(ProgressRecordType.Completed, row.Last().RecordType));
    }

    [Fact]
    public void A_slow_database_holds_nobody_up()
    {
        Create("slow.db", rows: 300);
        foreach (int number in Enumerable.Range(0, 6))
        {
            Create($"{number}.db", rows: 3);
        }

        RunOutcome outcome = Run(
            """
            $rows = foreach ($name in 'slow', 0, 1, 2, 3, 4, 5) {
                [pscustomobject]@{ Path = "$name.db"; Destination = 'out/'; PagesPerStep = 10; StepDelayMilliseconds = if ($name -eq 'slow') { 50 } else { 0 } }
            }
            $rows | Backup-SqliteDatabase -ThrottleLimit 2
            """);

        outcome.AssertClean();
        Assert.Equal(7, outcome.Output.Count);
        Assert.Equal(Folder["slow.db"], outcome.Output[^1].Properties["Database"].Value);
    }

    [Fact]
    public void A_rate_of_the_command_is_for_its_copies_together_and_a_rows_own_bounds_its_copy_within_it()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            new SampleDatabase { Megabytes = 1 }.Create(Folder[$"{name}.db"]);
        }

        RunOutcome together = Run("Backup-SqliteDatabase a.db, b.db, c.db all/ -ThrottleLimit 3 -PagesPerStep 16 -MaxBytesPerSecond 1500000");
        RunOutcome rows = Run(
            """
            [pscustomobject]@{ Path = 'a.db'; Destination = 'rows/'; MaxBytesPerSecond = '1500000' }, [pscustomobject]@{ Path = 'b.db'; Destination = 'rows/'; MaxBytesPerSecond = '' } |
                Backup-SqliteDatabase -PagesPerStep 16
            """);
        RunOutcome within = Run(
            """
            [pscustomobject]@{ Path = 'a.db'; Destination = 'both/'; MaxBytesPerSecond = '1500000' }, [pscustomobject]@{ Path = 'b.db'; Destination = 'both/'; MaxBytesPerSecond = '' } |
                Backup-SqliteDatabase -PagesPerStep 16 -MaxBytesPerSecond 1GB
            """);

        together.AssertClean();
        Assert.True(together.Output.Max(Throttled) > TimeSpan.FromSeconds(1.2), "Three copies of a megabyte each took the rate thrice.");
        foreach (RunOutcome outcome in (RunOutcome[])[rows, within])
        {
            outcome.AssertClean();
            Assert.InRange(Throttled(outcome.Output.Single(IsOfA)), TimeSpan.FromSeconds(0.3), TimeSpan.MaxValue);
            Assert.InRange(Throttled(outcome.Output.Single(result => !IsOfA(result))), TimeSpan.Zero, TimeSpan.FromSeconds(0.1));
        }

        static TimeSpan Throttled(PSObject result) => (TimeSpan)result.Properties["ThrottledFor"].Value;
        bool IsOfA(PSObject result) => Folder["a.db"].Equals(result.Properties["Database"].Value);
    }

    [Theory]
    [InlineData("'fast'")]
    [InlineData("-1")]
    public void A_rows_rate_that_is_none_is_an_error_of_that_row(string rate)
    {
        Create("a.db");
        Create("b.db");

        RunOutcome outcome = Run(
            $$"""
            [pscustomobject]@{ Path = 'a.db'; Destination = 'out/'; MaxBytesPerSecond = {{rate}} }, [pscustomobject]@{ Path = 'b.db'; Destination = 'out/' } |
                Backup-SqliteDatabase -MaxBytesPerSecond 1GB
            """);

        outcome.AssertError("InvalidOption");
        Assert.Single(outcome.Output);
    }

    [Fact]
    public void Ctrl_C_ends_all_that_run_at_once_and_leaves_nothing()
    {
        foreach (int number in Enumerable.Range(0, 6))
        {
            Create($"in/{number}.db", rows: 2000);
        }

        using PowerShell shell = Session.Create("Backup-SqliteDatabase in/*.db out/ -ThrottleLimit 4 -PagesPerStep 1 -StepDelayMilliseconds 60000");
        IAsyncResult running = shell.BeginInvoke();
        WaitUntil(() => Folder.Files("out").Length == 4);

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.Empty(Folder.Files("out"));
        RunOutcome ended = Run("Get-SqliteBackupProgress -Database $args[0]", Folder["in/*"]);
        Assert.InRange(ended.Output.Count, 4, 6);
        Assert.All(ended.Output, status => Assert.Equal("Stopped", $"{status.Properties["State"].Value}"));
    }

    [Fact]
    public void What_a_killed_run_left_in_the_folder_goes_before_the_next_backup_into_it_begins()
    {
        Create("app.db");
        Directory.CreateDirectory(Folder["out"]);
        File.WriteAllText(Folder["out/app.db.partial-0123456789abcdef"], "left");
        File.WriteAllText(Folder["out/mine.partial"], "kept");

        Run("Backup-SqliteDatabase app.db out/copy.db -WhatIf").AssertClean();
        Assert.Equal(2, Folder.Files("out").Length);
        Run("Backup-SqliteDatabase app.db out/copy.db").AssertClean();

        Assert.Equal(["copy.db", "mine.partial"], Folder.Files("out").Where(file => !file.EndsWith(".json", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public void A_limit_of_none_is_refused(string limit) =>
        Run($"Backup-SqliteDatabase app.db out/ -ThrottleLimit {limit}").AssertRefused("ThrottleLimit");
}
