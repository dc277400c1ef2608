using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Output;

/// <summary>-Verbose tells how a backup went: which way and why, what it met, what was checked, what was removed.</summary>
public sealed class VerboseTests : ModuleTest
{
    [Theory]
    [InlineData("wal", "", "copied as Snapshot, as it is in WAL mode")]
    [InlineData("wal", "", @"Its WAL has \d")]
    [InlineData("wal", "", @"in \d+ steps: 0 restarts, 0 waits for a lock, a WAL of at most \d")]
    [InlineData("delete", "", "copied as Stepped, as it has a rollback journal")]
    [InlineData("delete", "-CopyMode SingleStep", "copied as SingleStep, as -CopyMode says")]
    [InlineData("delete", "", "the copy passed PRAGMA quick_check")]
    [InlineData("delete", "-Verify Full -CheckForeignKeys", "the copy passed PRAGMA integrity_check and PRAGMA foreign_key_check")]
    [InlineData("delete", "-Verify None", "the copy is not checked, as -Verify None says")]
    public void The_way_of_a_copy_and_its_check_are_told(string journal, string arguments, string expected)
    {
        string database = new SampleDatabase { JournalMode = journal }.Create(Folder["app.db"]);
        using Microsoft.Data.Sqlite.SqliteConnection application = SampleDatabase.Open(database);
        SampleDatabase.Execute(application, "UPDATE account SET balance = balance");

        RunOutcome outcome = Run($"Backup-SqliteDatabase app.db out/ {arguments} -Verbose");

        outcome.AssertClean();
        Assert.Contains(outcome.Verbose, message => System.Text.RegularExpressions.Regex.IsMatch(message, expected));
        Assert.Empty(Run($"Backup-SqliteDatabase app.db out/ {arguments}").Verbose);
    }

    [Theory]
    [InlineData("$VerbosePreference = 'Continue'; Backup-SqliteDatabase app.db out/", true)]
    [InlineData("$VerbosePreference = 'Continue'; Backup-SqliteDatabase app.db out/ -Verbose:$false", false)]
    [InlineData("$VerbosePreference = 'Continue'; & { Backup-SqliteDatabase app.db out/ }", true)]
    public void The_preference_is_heard_where_the_command_has_no_switch(string script, bool isTold)
    {
        Create("app.db");

        Assert.Equal(isTold, Run(script).Verbose.Any(message => message.Contains("the copy passed PRAGMA quick_check", StringComparison.Ordinal)));
    }

    [Fact]
    public void Restarts_and_what_was_done_about_them_are_told()
    {
        string database = new SampleDatabase { JournalMode = "delete", Megabytes = 4 }.Create(Folder["app.db"]);
        using WriterProcess writer = WriterProcess.Start(database);

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db out/ -PagesPerStep 5 -StepDelayMilliseconds 20 -Verbose");

        outcome.AssertClean();
        Assert.Contains(outcome.Verbose, message => System.Text.RegularExpressions.Regex.IsMatch(message, @"\([1-9]\d* restarts\), so the rest is copied under a single read lock"));
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase app.db out/ -KeepLast 1 -Verbose")]
    [InlineData("Remove-SqliteBackup out -KeepLast 1 -Force -Verbose")]
    public void What_is_pruned_and_what_stays_is_told_with_the_reason(string script)
    {
        Create("app.db");
        string old = Run("Backup-SqliteDatabase app.db out/").Backup;
        string newer = Run("Backup-SqliteDatabase app.db out/").Backup;

        RunOutcome outcome = Run(script);

        outcome.AssertClean();
        Assert.Contains($"Removed '{old}': no rule keeps it.", outcome.Verbose);
        Assert.Contains(outcome.Verbose, message => message.StartsWith("Kept '", StringComparison.Ordinal) && message.Contains("newest verified backup, last", StringComparison.Ordinal));
        Assert.Equal(script.StartsWith("Remove", StringComparison.Ordinal), File.Exists(newer));
    }

    [Fact]
    public void Why_nothing_was_copied_is_told()
    {
        Create("app.db");
        string first = Run("Backup-SqliteDatabase app.db out/").Backup;

        Assert.Contains(Run("Backup-SqliteDatabase app.db out/ -SkipUnchanged -Verbose").Verbose, message => message.Contains($"since '{first}' was made", StringComparison.Ordinal));
    }
}
