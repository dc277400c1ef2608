using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>Cmdlets that take a repository where they take a folder, and its backups where they take files.</summary>
public sealed class RepositoryLocationTests : ModuleTest
{
    private const string Secret = "$secret = @{ Password = [System.Net.NetworkCredential]::new('', 'one').SecurePassword }; ";

    public RepositoryLocationTests() => Run(Secret + "$null = New-SqliteBackupRepository restic:repo @secret").AssertClean();

    private string Location => $"restic:{Folder["repo"]}/";

    [Fact]
    public void A_backup_goes_in_is_listed_tested_restored_and_exported_and_goes()
    {
        Create("app.db", rows: 40);
        Create("blog.db", rows: 30);

        RunOutcome outcome = Run(Secret + """
            $made = Backup-SqliteDatabase *.db restic:repo @secret
            $made.Count
            $made[0].ExtentsAdded -gt 0
            (Backup-SqliteDatabase app.db restic:repo @secret).Unchanged
            $all = Get-SqliteBackup restic:repo @secret
            $all.Count
            (Get-SqliteBackup restic:repo/ -Latest -Database app.db @secret).Backup -eq $all[0].Backup
            ($all | Test-SqliteBackup @secret | Where-Object Status -eq Ok).Count
            (Test-SqliteBackup restic:repo @secret -Latest).Count
            (Test-SqliteBackup restic:repo/* @secret).Count
            Restore-SqliteDatabase $all[0].Backup new.db @secret
            (Export-SqliteDatabase $all[0].Backup app.sql @secret).Database -eq $all[0].Backup
            ($all | Remove-SqliteBackup @secret -Force).Count
            (Remove-SqliteBackup restic:repo -KeepLast 5 @secret -WhatIf).Action | ForEach-Object { [string]$_ }
            """);

        outcome.AssertClean();
        Assert.Equal([2, true, true, 3, true, 3, 2, 3, true, 1, "Kept", "Kept"], outcome.Output.Select(value => value.BaseObject));
        Assert.Equal(40, Rows(Folder["new.db"]));
        Assert.NotEmpty(File.ReadAllText(Folder["app.sql"]));
        Assert.Empty(Folder.Files("repo/locks"));
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public void A_backup_goes_back_into_a_database_that_others_have_open_and_write_to(string journalMode)
    {
        const int Patient = 60_000;
        string live = new SampleDatabase { JournalMode = journalMode, Megabytes = 1 }.Create(Folder["app.db"]);
        using (Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(live))
        {
            SampleDatabase.Execute(connection, "PRAGMA user_version=7");
            Run(Secret + "$null = Backup-SqliteDatabase app.db restic:repo @secret").AssertClean();
            SampleDatabase.Execute(connection, "PRAGMA user_version=8; DELETE FROM filler");
        }

        using WriterProcess reader = WriterProcess.Start(live, "read", rate: 200, busyTimeoutMilliseconds: Patient);
        using WriterProcess writer = WriterProcess.Start(live, "insert", rate: 50, busyTimeoutMilliseconds: Patient);

        Run(Secret + "Restore-SqliteDatabase (Get-SqliteBackup restic:repo @secret).Backup app.db -Force -NoSafetyCopy -BusyTimeoutSeconds 60 @secret").AssertClean();

        foreach (WriterProcess process in (WriterProcess[])[reader, writer])
        {
            WriterReport report = process.Stop();
            Assert.Null(report.FirstError);
            Assert.True(report.Commits > 0);
        }

        Assert.Equal((7L, 256L), (SampleDatabase.Scalar<long>(live, "PRAGMA user_version"), Rows(live)));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(live, "PRAGMA integrity_check"));
        Assert.True(Ledger.Read(live).IsOneInstant);
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase app.db restic:nowhere @secret", "RepositoryNotFound")]
    [InlineData("Backup-SqliteDatabase app.db restic:repo", "PasswordWrong")]
    [InlineData("Backup-SqliteDatabase app.db restic:repo -Compress Zstd @secret", "InvalidOption")]
    [InlineData("Backup-SqliteDatabase app.db 'restic:repo/#1a2b3c4d' @secret", "InvalidOption")]
    [InlineData("Backup-SqliteDatabase restic:repo out/ @secret", "NotADatabase")]
    [InlineData("Get-SqliteBackup 'restic:repo/#1a2b3c4d' @secret", "BackupNotFound")]
    [InlineData("Restore-SqliteDatabase 'restic:repo#1a2b3c4d' new.db @secret", "BackupNotFound")]
    [InlineData("Remove-SqliteBackup restic:repo @secret -Force", "InvalidOption")]
    [InlineData("Get-SqliteBackup restic:repo @secret -PasswordFile app.db", "InvalidOption")]
    public void What_cannot_be_done_is_one_error_with_its_id(string script, string id)
    {
        Create("app.db");

        RunOutcome outcome = Run(Secret + script);

        ErrorRecord error = Assert.Single(outcome.Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Empty(Folder.Files("repo/locks"));
    }

    [Fact]
    public void A_job_keeps_the_repository_open_to_its_end_and_a_fleet_takes_one_lock()
    {
        foreach (int i in Enumerable.Range(0, 6))
        {
            Create($"db{i}.db");
        }

        RunOutcome outcome = Run(Secret + """
            $job = Backup-SqliteDatabase db*.db restic:repo @secret -AsJob -ThrottleLimit 3
            while ($job.State -eq 'Running') { [System.Threading.Thread]::Sleep(50) }
            [string]$job.State
            (Get-SqliteBackup restic:repo @secret).Count
            """);

        outcome.AssertClean();
        Assert.Equal(["Completed", 6], outcome.Output.Select(value => value.BaseObject));
        Assert.Empty(Folder.Files("repo/locks"));
        Assert.Equal(Location, Run(Secret + "(Get-SqliteBackup restic:repo @secret)[0].Backup").Output[0].ToString()!.Split('#')[0]);
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase db*.db restic:repo @secret -ThrottleLimit 2")]
    [InlineData("Backup-SqliteDatabase db*.db restic:repo @secret -ThrottleLimit 2 -AsJob")]
    public void Small_databases_of_a_pipeline_share_packs(string command)
    {
        foreach (int i in Enumerable.Range(0, 12))
        {
            Create($"db{i}.db", rows: 10 + i);
        }

        RunOutcome outcome = Run(Secret + $$"""
            $made = {{command}}
            while ($made.State -eq 'Running') { [System.Threading.Thread]::Sleep(20) }
            if ($made.State) { $made = @($made.ChildJobs | ForEach-Object { $_.Output }) }
            $made.Count
            @($made | Where-Object BytesAdded -gt 0).Count
            @($made | Test-SqliteBackup @secret | Where-Object Status -eq Ok).Count
            (Get-SqliteBackup restic:repo @secret).Count
            """);

        outcome.AssertClean();
        Assert.Equal([12, 12, 12, 12], outcome.Output.Select(value => value.BaseObject));

        // What they hold, their lists, and where both are.
        Assert.Equal(2, Directory.GetFiles(Folder["repo/data"], "*", SearchOption.AllDirectories).Length);
        Assert.Single(Folder.Files("repo/index"));
    }

    [Fact]
    public void Stopping_while_a_backup_waits_for_others_ends_at_once_and_leaves_no_lock()
    {
        Create("app.db");
        using PowerShell shell = Session.Create(
            Secret + "& { while ($true) { 'app.db'; [System.Threading.Thread]::Sleep(50) } } | Backup-SqliteDatabase -Destination restic:repo @secret -ThrottleLimit 1");
        using var other = new ModuleSession();
        int Unfinished() => other.Run("(Get-SqliteBackupProgress).State | ForEach-Object { [string]$_ }").Output.Count(state => state.BaseObject is "Publishing" or "Uploading");
        IAsyncResult running = shell.BeginInvoke();

        // One is at work at a time: of two that are to be written, one waits.
        WaitUntil(() => Unfinished() > 1);

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.Empty(Folder.Files("repo/locks"));
        Assert.Equal(0, Unfinished());
    }
}
