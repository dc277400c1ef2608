using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>Backups of one process, watched and steered from another.</summary>
public sealed class RegistryTests : ModuleTest
{
    private const string Slowly = "-PagesPerStep 2 -StepDelayMilliseconds 20";

    [Fact]
    public void A_backup_of_another_process_is_seen_getting_on_paused_resumed_and_stopped()
    {
        Create("app.db", rows: 3000);
        using var worker = new ModuleProcess(Folder.Path, $"Backup-SqliteDatabase app.db out/ {Slowly}");
        PSObject begun = WaitForState("app.db", status => Percent(status) > 0);
        Assert.Equal(worker.Id, begun.Properties["ProcessId"].Value);
        WaitForState("app.db", status => Percent(status) > Percent(begun));

        PSObject paused = Run("Get-SqliteBackupProgress -Database $args[0] | Suspend-SqliteBackup -PassThru", Folder["app.db"]).Result;
        Assert.Equal("Paused", State(paused));
        Thread.Sleep(700);
        Assert.Equal(Percent(paused), Percent(Progress("app.db")));

        PSObject resumed = Run("Resume-SqliteBackup $args[0] -PassThru", paused.Properties["Id"].Value).Result;
        Assert.NotEqual("Paused", State(resumed));
        WaitForState("app.db", status => Percent(status) > Percent(paused));

        PSObject stopped = Run("Stop-SqliteBackup $args[0] -PassThru", paused.Properties["Id"].Value).Result;
        Assert.Equal("Stopped", State(stopped));
        Assert.NotEqual(0, worker.Join());
        Assert.Contains("was ended by Stop-SqliteBackup", worker.Error, StringComparison.Ordinal);
        Assert.Equal(["app.db"], Folder.Files());
    }

    [Fact]
    public void A_pattern_steers_every_backup_of_a_session_and_one_that_fits_none_is_no_error()
    {
        Create("a.db", rows: 3000);
        Create("b.db", rows: 3000);
        using var worker = new ModuleProcess(Folder.Path, $"Backup-SqliteDatabase a.db, b.db out/ -ThrottleLimit 2 {Slowly}");
        WaitForState("a.db", status => Percent(status) > 0);
        string id = (string)WaitForState("b.db", status => Percent(status) > 0).Properties["Id"].Value;
        string pattern = id[..(id.LastIndexOf('-') + 1)] + "*";

        Assert.Equal(["Paused", "Paused"], Run("Suspend-SqliteBackup $args[0] -PassThru", pattern).Output.Select(State));
        string[] resumed = [.. Run("Resume-SqliteBackup $args[0] -PassThru", pattern).Output.Select(State)];
        Assert.Equal(2, resumed.Length);
        Assert.DoesNotContain("Paused", resumed);
        RunOutcome none = Run("'no such*' | Stop-SqliteBackup -PassThru");
        none.AssertClean();
        Assert.Empty(none.Output);
        Assert.Equal(["Stopped", "Stopped"], Run("$args[0] | Stop-SqliteBackup -PassThru", pattern).Output.Select(State));
        Assert.NotEqual(0, worker.Join());
    }

    [Fact]
    public void A_worker_that_is_killed_is_failed_within_two_seconds_and_the_next_backup_sweeps_what_it_left()
    {
        Create("app.db", rows: 3000);
        using var worker = new ModuleProcess(Folder.Path, $"Backup-SqliteDatabase app.db out/ {Slowly}");
        WaitForState("app.db", status => Percent(status) > 0);

        worker.Kill();

        // Nobody waits for a timer: whoever looks first sees it.
        PSObject status = Progress("app.db");
        Assert.Equal("Failed", State(status));
        Assert.Contains("killed", (string)status.Properties["Message"].Value, StringComparison.Ordinal);
        Assert.Contains(".partial-", Assert.Single(Folder.Files("out")), StringComparison.Ordinal);

        string next = Run("Backup-SqliteDatabase app.db out/").Backup;
        Assert.Equal([Path.GetFileName(next)], Folder.Files("out").Where(file => !file.EndsWith(".json", StringComparison.Ordinal)));
    }

    [Fact]
    public void Waiting_shows_rows_until_the_others_backups_have_ended_and_then_how()
    {
        Create("a.db", rows: 150);
        Create("b.db", rows: 150);
        using var worker = new ModuleProcess(Folder.Path, $"Backup-SqliteDatabase a.db, b.db out/ -ThrottleLimit 2 {Slowly}");
        WaitForState("b.db", status => Percent(status) > 0);

        RunOutcome outcome = Run("Get-SqliteBackupProgress -Database $args[0] -Wait", Folder["*.db"]);

        outcome.AssertClean();
        Assert.Equal(["Completed", "Completed"], outcome.Output.Select(State));
        Assert.Contains(outcome.Progress, record => record.Activity == "Backing up a.db" && record.PercentComplete is > 0 and < 100);
        Assert.All(outcome.Progress.GroupBy(record => record.ActivityId), row => Assert.Equal(ProgressRecordType.Completed, row.Last().RecordType));
        Assert.Equal(0, worker.Join());
    }

    [Fact]
    public void A_job_is_seen_and_steered_in_the_same_session_also_where_its_turn_has_not_come()
    {
        Create("a.db", rows: 3000);
        Create("b.db", rows: 3000);

        RunOutcome outcome = Run(
            $$"""
            $job = Backup-SqliteDatabase a.db, b.db out/ -AsJob -ThrottleLimit 1 {{Slowly}}
            $queued = Get-SqliteBackupProgress -Database $args[0]
            "$($queued.State)"
            ($queued | Suspend-SqliteBackup -PassThru).State
            ($queued | Resume-SqliteBackup -PassThru).State
            ($queued | Stop-SqliteBackup -PassThru).State
            (Get-SqliteBackupProgress -Database $args[1] | Stop-SqliteBackup -PassThru).State
            $null = Wait-Job $job
            $job.State
            $job.ChildJobs.State
            """,
            Folder["b.db"], Folder["a.db"]);

        outcome.AssertClean();
        Assert.Equal(["Queued", "Paused", "Queued", "Stopped", "Stopped", "Stopped", "Stopped", "Stopped"], outcome.Output.Select(value => $"{value}"));
        Assert.Empty(Folder.Files("out"));
    }

    [Fact]
    public void WhatIf_and_an_unknown_id_change_nothing_and_what_has_ended_is_passed_over()
    {
        Create("app.db", rows: 3000);
        RunOutcome outcome = Run(
            $$"""
            $job = Backup-SqliteDatabase app.db out/ -AsJob {{Slowly}}
            Get-SqliteBackupProgress -Database $args[0] | Stop-SqliteBackup -WhatIf
            Get-SqliteBackupProgress -Database $args[0] | Suspend-SqliteBackup -WhatIf
            (Get-SqliteBackupProgress -Database $args[0]).State -in 'Queued', 'Copying', 'Waiting'
            Stop-Job $job
            $ended = Get-SqliteBackupProgress -Database $args[0] | Resume-SqliteBackup -PassThru
            $ended.State
            """,
            Folder["app.db"]);
        outcome.AssertClean();
        Assert.Equal(["True", "Stopped"], outcome.Output.Select(value => $"{value}"));

        foreach (string verb in (string[])["Get-SqliteBackupProgress", "Suspend-SqliteBackup", "Resume-SqliteBackup", "Stop-SqliteBackup"])
        {
            ErrorRecord error = Assert.Single(Run($"{verb} 0123abcd-9").Errors);
            Assert.StartsWith("BackupNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal("0123abcd-9", error.TargetObject);
        }
    }

    [Fact]
    public void A_thousand_backups_of_eight_processes_at_once_leave_the_registry_whole()
    {
        const int Processes = 8;
        int each = TestScale.Count(1000 / Processes);
        Create("app.db", rows: 2);
        ModuleProcess[] workers =
        [
            .. Enumerable.Range(0, Processes).Select(number => new ModuleProcess(
                Folder.Path,
                $"foreach ($i in 1..{each}) {{ Backup-SqliteDatabase app.db out/{number}-$i.db -Verify None }}; Get-SqliteBackupProgress -Verbose",
                Folder["state"])),
        ];
        try
        {
            Assert.All(workers, worker => Assert.Equal((0, ""), (worker.Join(), worker.Error)));
        }
        finally
        {
            Array.ForEach(workers, worker => worker.Dispose());
        }

        Assert.Equal(each * Processes, Folder.Files("out").Count(file => file.EndsWith(".db", StringComparison.Ordinal)));

        // How each ended, and of nothing else: no lock, nothing unfinished, no action.
        string[] registry = Directory.GetFiles(Folder["state"], "*", SearchOption.AllDirectories);
        Assert.Equal(each * Processes, registry.Length);
        Assert.All(registry, file => Assert.Contains("\"State\":\"Completed\"", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_strange_file_in_the_registry_is_ignored_and_verbose_says_so()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();
        string registry = Path.Combine(Environment.GetEnvironmentVariable("SQLITEBACKUP_STATE")!, "registry");
        File.WriteAllText(Path.Combine(registry, "0badf00d-1.json"), "{ \"Id\": ");

        RunOutcome outcome = Run("Get-SqliteBackupProgress -Database $args[0] -Verbose 4>&1", Folder["app.db"]);
        File.Delete(Path.Combine(registry, "0badf00d-1.json"));

        outcome.AssertClean();
        Assert.Contains(outcome.Output, value => value.BaseObject is VerboseRecord record && record.Message.Contains("0badf00d-1.json", StringComparison.Ordinal));
        Assert.Single(outcome.Output, value => value.BaseObject is not VerboseRecord);
    }

    [Theory]
    [InlineData("Stop-SqliteBackup ")]
    [InlineData("Get-SqliteBackupProgress -Id ")]
    public void Ids_of_running_backups_are_completed(string typed)
    {
        Create("app.db", rows: 3000);

        RunOutcome outcome = Run(
            $$"""
            $job = Backup-SqliteDatabase app.db out/ -AsJob {{Slowly}}
            (Get-SqliteBackupProgress -Database $args[1]).Id -in [System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches.CompletionText
            Remove-Job $job -Force
            """,
            typed, Folder["app.db"]);

        Assert.True((bool)outcome.Result.BaseObject);
    }

    private static string State(PSObject status) => $"{status.Properties["State"].Value}";

    private static double Percent(PSObject status) => (double)status.Properties["PercentComplete"].Value;

    private PSObject Progress(string database) => Run("Get-SqliteBackupProgress -Database $args[0]", Folder[database]).Result;

    private PSObject WaitForState(string database, Func<PSObject, bool> condition)
    {
        PSObject? found = null;
        WaitUntil(() =>
        {
            found = Run("Get-SqliteBackupProgress -Database $args[0]", Folder[database]).Output.FirstOrDefault();
            return found is not null && condition(found);
        });
        return found!;
    }
}
