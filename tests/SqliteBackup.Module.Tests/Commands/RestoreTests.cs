using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

public sealed class RestoreTests : ModuleTest
{
    [Fact]
    public void A_missing_database_is_made_and_nothing_is_emitted_without_PassThru()
    {
        string backup = Create("app.backup");

        RunOutcome outcome = Run("Restore-SqliteDatabase app.backup new/app.db -Confirm:$false");

        outcome.AssertClean();
        Assert.Empty(outcome.Output);
        Assert.Equal(DatabaseContent.Of(backup), DatabaseContent.Of(Folder["new/app.db"]));
        Assert.Equal(["app.db"], Folder.Files("new"));
    }

    [Fact]
    public void An_existing_database_needs_Force_and_is_saved_first()
    {
        string backup = Create("app.backup", rows: 50);
        string database = Create("app.db");

        ErrorRecord refused = Assert.Single(Run("Restore-SqliteDatabase app.backup app.db -Confirm:$false").Errors);
        Assert.StartsWith("DestinationExists,", refused.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(backup, refused.TargetObject);
        Assert.Equal(20, Rows(database));

        RunOutcome outcome = Run("Restore-SqliteDatabase app.backup app.db -Force -Confirm:$false -PassThru");

        Assert.Equal(50, Rows(database));
        Assert.True(outcome.Get<bool>("Replaced"));
        Assert.Equal(20, Rows(outcome.Get<string>("SafetyCopy")));
        Assert.StartsWith($"{database}.before-restore-", outcome.Get<string>("SafetyCopy"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_safety_copy_goes_where_it_is_told_or_nowhere()
    {
        Create("app.backup", rows: 50);
        Create("app.db");

        Assert.Equal(
            Folder["undo"],
            Path.GetDirectoryName(Run("Restore-SqliteDatabase app.backup app.db -Force -SafetyCopyPath undo/ -Confirm:$false -PassThru").Get<string>("SafetyCopy")));
        Assert.Null(Run("Restore-SqliteDatabase app.backup app.db -Force -NoSafetyCopy -Confirm:$false -PassThru").Get<string?>("SafetyCopy"));
        Assert.Equal(Folder["one.db"], Run("Restore-SqliteDatabase app.backup app.db -Force -SafetyCopyPath one.db -Confirm:$false -PassThru").Get<string>("SafetyCopy"));
        ErrorRecord contradiction = Assert.Single(Run("Restore-SqliteDatabase app.backup app.db -Force -SafetyCopyPath two.db -NoSafetyCopy -Confirm:$false").Errors);
        Assert.StartsWith("InvalidOption,", contradiction.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["app.backup", "app.db", "one.db", "undo"], Folder.Files());
    }

    [Theory]
    [InlineData("", "Make the database from")]
    [InlineData("-Force", "after a safety copy beside it")]
    [InlineData("-Force -NoSafetyCopy", "without a safety copy")]
    public void WhatIf_says_what_would_happen_and_does_nothing(string parameters, string expected)
    {
        Create("app.backup", rows: 50);
        string database = parameters.Length > 0 ? Create("app.db") : Folder["app.db"];
        string[] before = FolderSnapshot.Take(Folder.Path);

        RunOutcome outcome = Run($"Restore-SqliteDatabase app.backup app.db {parameters} -WhatIf");

        outcome.AssertClean();
        string said = Session.Host.Text.ReplaceLineEndings("");
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.Contains(database, said, StringComparison.Ordinal);
        Assert.Equal(before, FolderSnapshot.Take(Folder.Path));
    }

    [Theory]
    [InlineData("Get-SqliteBackup out | Restore-SqliteDatabase -Destination new.db -Confirm:$false -PassThru")]
    [InlineData("Backup-SqliteDatabase app.db other/ | Restore-SqliteDatabase -Destination new.db -Confirm:$false -PassThru")]
    [InlineData("'out/*.db' | Restore-SqliteDatabase -Destination new.db -Confirm:$false -PassThru")]
    [InlineData("[IO.FileInfo](Get-SqliteBackup out).Backup | Restore-SqliteDatabase -Destination new.db -Confirm:$false -PassThru")]
    [InlineData("[pscustomobject]@{ Path = 'out/*.db'; Destination = 'new.db' } | Restore-SqliteDatabase -Confirm:$false -PassThru")]
    public void What_names_a_backup_can_be_piped(string script)
    {
        string database = Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();

        RunOutcome outcome = Run(script);

        Assert.Equal(Folder["new.db"], outcome.Get<string>("Database"));
        Assert.Equal(DatabaseContent.Of(database), DatabaseContent.Of(Folder["new.db"]));
    }

    [Fact]
    public void A_listed_backup_is_not_restored_over_its_database_by_leaving_the_destination_out()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();

        RunOutcome outcome = Run("Get-SqliteBackup out | Restore-SqliteDatabase -Force -Confirm:$false -PassThru");

        Assert.Empty(outcome.Output);
        Assert.True(outcome.Errors.Count > 0 || outcome.Terminating is not null);
        Assert.Equal(["app.db", "out"], Folder.Files());
    }

    [Fact]
    public void Of_several_backups_for_one_database_none_is_restored_and_that_is_seen_before_anything_is_written()
    {
        string live = Create("app.db", rows: 10);
        Create("a.backup", rows: 30);
        Create("b.backup", rows: 40);

        foreach (string script in (string[])["Restore-SqliteDatabase *.backup app.db -Force", "'a.backup', 'b.backup' | Restore-SqliteDatabase -Destination app.db -Force"])
        {
            RunOutcome outcome = Run(script);

            Assert.StartsWith("InvalidOption,", Assert.Single(outcome.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(live, outcome.Errors[0].TargetObject);
            Assert.Equal(10, Rows(live));
            Assert.Equal(["a.backup", "app.db", "b.backup"], Folder.Files());
        }
    }

    [Fact]
    public void A_bad_backup_is_one_error_and_the_others_go_on()
    {
        Create("good.backup");
        File.WriteAllText(Folder["bad.backup"], "no database, but long enough to be looked at");

        RunOutcome outcome = Run(
            "[pscustomobject]@{ Path = 'bad.backup'; Destination = 'x.db' }, [pscustomobject]@{ Path = 'gone.backup'; Destination = 'y.db' }, [pscustomobject]@{ Path = 'good.backup'; Destination = 'z.db' } | Restore-SqliteDatabase -Confirm:$false -PassThru");

        Assert.Equal(
            ["FileNotFound", "NotADatabase"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
        Assert.All(outcome.Errors, RunOutcome.AssertSaysWhatToDo);
        Assert.Equal(Folder["z.db"], Assert.Single(outcome.Output).Properties["Database"].Value);
        Assert.Equal(["bad.backup", "good.backup", "z.db"], Folder.Files());
    }

    [Fact]
    public void Stopping_in_the_middle_leaves_the_database_as_it_was()
    {
        Create("app.backup", rows: 2000);
        string database = Create("app.db");
        string[] before = DatabaseContent.Of(database);
        using PowerShell shell = Session.Create("Restore-SqliteDatabase app.backup app.db -Force -NoSafetyCopy -Confirm:$false -MaxBytesPerSecond 100KB");
        IAsyncResult running = shell.BeginInvoke();

        WaitUntil(() => File.Exists(database + "-journal"));
        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(before, DatabaseContent.Of(database));
        Assert.Equal(["app.backup", "app.db"], Folder.Files());
    }

    [Fact]
    public void Progress_says_that_it_restores()
    {
        Create("app.backup", rows: 500);

        RunOutcome outcome = Run("Restore-SqliteDatabase app.backup new.db -Confirm:$false");

        Assert.Contains(outcome.Progress, record => record.Activity == "Restoring app.backup");
        Assert.Equal(ProgressRecordType.Completed, outcome.Progress[^1].RecordType);
    }
}
