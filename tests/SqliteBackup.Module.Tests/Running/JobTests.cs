using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Running;

public sealed class JobTests : ModuleTest
{
    private const string Slowly = "-PagesPerStep 2 -StepDelayMilliseconds 20";

    [Fact]
    public void A_job_has_a_child_a_database_each_with_its_state_and_its_streams()
    {
        Create("one.db");
        File.WriteAllText(Folder["two.db"], "no database");
        Create("three.db", rows: 100);

        RunOutcome outcome = Run(
            $$"""
            $job = Backup-SqliteDatabase one.db, two.db, three.db out/ -AsJob -ThrottleLimit 2 {{Slowly}}
            $null = Wait-Job $job
            [pscustomobject]@{
                Type = $job.PSJobTypeName; State = $job.State; Known = @(Get-Job -Id $job.Id).Count
                Children = $job.ChildJobs.Name; States = $job.ChildJobs.State
                Outputs = foreach ($child in $job.ChildJobs) { $child.Output.Count }
                Errors = foreach ($child in $job.ChildJobs) { foreach ($e in $child.Error) { $e.FullyQualifiedErrorId } }
                Progress = $job.ChildJobs[2].Progress.Count; Batch = $job.Progress.Count; HasMoreData = $job.HasMoreData
            }
            """);

        PSObject job = outcome.Result;
        Assert.Equal("SqliteBackupJob", Value(job, "Type"));
        Assert.Equal("Failed", Value(job, "State"));
        Assert.Equal("1", Value(job, "Known"));
        Assert.Equal("one.db two.db three.db", Value(job, "Children"));
        Assert.Equal("Completed Failed Completed", Value(job, "States"));
        Assert.Equal("1 0 1", Value(job, "Outputs"));
        Assert.Equal("NotADatabase", Value(job, "Errors"));
        Assert.True(int.Parse(Value(job, "Progress"), null) > 2);
        Assert.True(int.Parse(Value(job, "Batch"), null) > 2);
        Assert.Equal("True", Value(job, "HasMoreData"));
    }

    [Fact]
    public void Receiving_with_Keep_gives_everything_again_and_without_it_once()
    {
        Create("one.db");
        Create("two.db");

        RunOutcome outcome = Run(
            """
            $job = Backup-SqliteDatabase *.db out/ -AsJob | Wait-Job
            @($job | Receive-Job -Keep).Count, @($job | Receive-Job).Count, @($job | Receive-Job).Count, $job.State
            Remove-Job $job
            @(Get-Job).Count
            """);

        outcome.AssertClean();
        Assert.Equal(["2", "2", "0", "Completed", "0"], outcome.Output.Select(value => $"{value}"));
    }

    [Theory]
    [InlineData("Stop-Job $job")]
    [InlineData("Remove-Job $job -Force")]
    public void Stopping_a_job_in_mid_copy_stops_every_child_and_leaves_nothing(string stop)
    {
        foreach (int number in Enumerable.Range(0, 4))
        {
            Create($"{number}.db", rows: 1000);
        }

        RunOutcome outcome = Run(
            $$"""
            $job = Backup-SqliteDatabase *.db out/ -AsJob -ThrottleLimit 2 -PagesPerStep 1 -StepDelayMilliseconds 60000
            while (@($job.ChildJobs.Where({ $_.Progress.Count -gt 0 })).Count -lt 2) { [System.Threading.Thread]::Sleep(10) }
            {{stop}}
            $job.State; $job.ChildJobs.State
            """);

        outcome.AssertClean();
        Assert.Equal(Enumerable.Repeat("Stopped", 5), outcome.Output.Select(value => $"{value}"));
        Assert.Empty(Folder.Files("out"));
    }

    [Fact]
    public void One_child_can_be_stopped_and_the_others_go_on()
    {
        Create("a.db", rows: 2000);
        Create("b.db", rows: 20);
        Create("c.db", rows: 2000);

        RunOutcome outcome = Run(
            """
            $rows = [pscustomobject]@{ Path = 'a.db'; StepDelayMilliseconds = 60000 },
                [pscustomobject]@{ Path = 'b.db'; StepDelayMilliseconds = 0 },
                [pscustomobject]@{ Path = 'c.db'; StepDelayMilliseconds = 60000 }
            $job = $rows | Backup-SqliteDatabase -Destination out/ -FileNameFormat '{name}{extension}' -AsJob -ThrottleLimit 1 -PagesPerStep 1
            while ($job.ChildJobs[0].Progress.Count -eq 0) { [System.Threading.Thread]::Sleep(10) }
            Stop-Job $job.ChildJobs[2]
            Stop-Job $job.ChildJobs[0]
            $null = Wait-Job $job
            $job.ChildJobs.State; $job.State; $job.ChildJobs[0].Warning.Count; foreach ($child in $job.ChildJobs) { $child.Error.Count }
            """);

        outcome.AssertClean();
        Assert.Equal(["Stopped", "Completed", "Stopped", "Completed", "0", "0", "0", "0"], outcome.Output.Select(value => $"{value}"));
        Assert.Equal(["b.db"], Folder.Files("out").Where(file => file.EndsWith(".db", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_streams_of_a_job_that_is_over_keep_nobody_waiting()
    {
        Create("one.db");

        RunOutcome outcome = Run(
            """
            $job = Backup-SqliteDatabase one.db out/ -AsJob | Wait-Job
            foreach ($stream in 'Output', 'Error', 'Warning', 'Verbose', 'Progress') { $job.$stream.IsOpen; $job.ChildJobs[0].$stream.IsOpen }
            """);

        outcome.AssertClean();
        Assert.Equal(Enumerable.Repeat(false, 10), outcome.Output.Select(value => (bool)value.BaseObject));
    }

    [Fact]
    public void What_was_not_found_is_said_at_once_and_is_an_error_of_the_job_too()
    {
        Create("one.db");

        RunOutcome outcome = Run("$job = Backup-SqliteDatabase one.db, nope.db out/ -AsJob; $job.Finished.WaitOne(60000); $job.State; $job.ChildJobs | & { process { \"$($_.State) $($_.Error.Count)\" } }");

        outcome.AssertError("FileNotFound");
        Assert.Equal(["True", "Failed", "Completed 0", "Failed 1"], outcome.Output.Select(value => value.ToString()).OrderBy(text => text.Length == 11 ? 2 : text.EndsWith('1') ? 3 : text == "True" ? 0 : 1));
    }

    [Fact]
    public void A_job_with_nothing_but_a_missing_path_has_failed()
    {
        RunOutcome outcome = Run("$job = Backup-SqliteDatabase nope.db out/ -AsJob; $null = $job.Finished.WaitOne(60000); \"$($job.State) $($job.ChildJobs.Count)\"");

        outcome.AssertError("FileNotFound");
        Assert.Equal("Failed 1", Assert.Single(outcome.Output).ToString());
    }

    [Fact]
    public void WhatIf_makes_no_job()
    {
        Create("one.db");

        Assert.Equal("0", $"{Run("Backup-SqliteDatabase one.db out/ -AsJob -WhatIf; @(Get-Job).Count").Result}");
        Assert.Equal(["one.db"], Folder.Files());
    }

    [Fact]
    public void A_session_that_closes_ends_its_job_and_leaves_nothing()
    {
        Create("app.db", rows: 1000);
        using (var session = new ModuleSession())
        {
            session.MoveTo(Folder.Path);
            session.Run("$job = Backup-SqliteDatabase app.db out/ -AsJob -PagesPerStep 1 -StepDelayMilliseconds 60000").AssertClean();
            WaitUntil(() => Folder.Files("out").Length > 0);
        }

        WaitUntil(() => Folder.Files("out").Length == 0);
    }

    private static string Value(PSObject from, string name) =>
        from.Properties[name].Value is System.Collections.IEnumerable and not string and { } many
            ? string.Join(' ', many.Cast<object>())
            : $"{from.Properties[name].Value}";
}
