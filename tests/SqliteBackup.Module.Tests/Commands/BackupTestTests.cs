using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>Test-SqliteBackup, and what the objects of Get-SqliteBackup can be piped into.</summary>
public sealed class BackupTestTests : ModuleTest
{
    [Fact]
    public void What_the_catalog_lists_is_tested_and_answers_queries()
    {
        Create("app.db", rows: 30);
        Run("Backup-SqliteDatabase app.db out/ -Compress Zstd").AssertClean();

        PSObject result = Run("Get-SqliteBackup out | Test-SqliteBackup -Query 'SELECT count(*) FROM filler'").Result;

        Assert.Equal("Ok", $"{result.Properties["Status"].Value}");
        Assert.Equal("Matches", $"{result.Properties["Checksum"].Value}");
        Assert.Equal("30", $"{Run("$args[0].Answers[0].Value", result).Output[0]}");
    }

    [Fact]
    public void Manifests_among_piped_files_are_passed_over()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();

        RunOutcome outcome = Run("[System.IO.DirectoryInfo]::new($args[0]).GetFiles() | Test-SqliteBackup", Folder["out"]);

        outcome.AssertClean();
        Assert.Equal("Ok", $"{outcome.Result.Properties["Status"].Value}");
    }

    [Fact]
    public void A_corrupt_backup_is_an_object_a_missing_one_an_error_and_the_others_go_on()
    {
        Create("good.db");
        File.WriteAllText(Folder["bad.db"], new string('x', 5000));

        RunOutcome outcome = Run("Test-SqliteBackup bad.db, missing.db, good.db");

        Assert.Equal(["Corrupt", "Ok"], outcome.Output.Select(result => $"{result.Properties["Status"].Value}"));
        Assert.StartsWith("FileNotFound,", Assert.Single(outcome.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["bad.db", "good.db"], Folder.Files());
    }

    [Fact]
    public void A_flipped_byte_in_a_stored_file_is_found()
    {
        Create("app.db");
        string stored = Run("Backup-SqliteDatabase app.db out/").Backup;
        byte[] bytes = File.ReadAllBytes(stored);
        bytes[^100] ^= 1;
        File.WriteAllBytes(stored, bytes);

        PSObject result = Run("Get-SqliteBackup out | Test-SqliteBackup").Result;

        Assert.Equal("Corrupt", $"{result.Properties["Status"].Value}");
        Assert.Equal("Differs", $"{result.Properties["Checksum"].Value}");
    }

    [Fact]
    public void A_query_that_would_write_is_refused_and_changes_nothing()
    {
        string backup = Create("app.db");
        byte[] before = File.ReadAllBytes(backup);

        RunOutcome outcome = Run("Test-SqliteBackup app.db -Query 'DELETE FROM filler'");

        outcome.AssertError("InvalidOption", "Test-SqliteBackup");
        Assert.Equal(before, File.ReadAllBytes(backup));
    }

    [Fact]
    public void A_mistyped_query_is_an_error_about_the_query_and_the_backup_is_tested_all_the_same()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db copy.db -Verify None").AssertClean();

        RunOutcome outcome = Run("Test-SqliteBackup copy.db -Query 'SELEC 1', 'SELECT 2'");

        Assert.Equal("Ok", $"{Assert.Single(outcome.Output).Properties["Status"].Value}");
        Assert.Contains("'SELEC 1'", outcome.AssertError("InvalidOption", "Test-SqliteBackup").Exception.Message, StringComparison.Ordinal);
        Assert.Equal("True", $"{Run("(Get-SqliteBackup copy.db).Verified").Output[0]}");
    }

    [Fact]
    public void The_tables_that_differ_from_the_live_database_are_named()
    {
        string database = Create("app.db");
        Run("Backup-SqliteDatabase app.db copy.db").AssertClean();
        using (Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "UPDATE account SET balance = balance + 1 WHERE id = 3");
        }

        RunOutcome outcome = Run("(Test-SqliteBackup copy.db -Against app.db).Differences.Name");

        Assert.Equal("account", $"{Assert.Single(outcome.Output)}");
    }

    [Fact]
    public void What_the_catalog_lists_can_be_restored()
    {
        string database = Create("app.db", rows: 30);
        Run("Backup-SqliteDatabase app.db out/ -Compress Gzip").AssertClean();

        Run("Get-SqliteBackup out | Restore-SqliteDatabase -Destination restored.db -Confirm:$false").AssertClean();

        Assert.Equal(Ledger.Read(database), Ledger.Read(Folder["restored.db"]));
    }
}
