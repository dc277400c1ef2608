using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Parameters;

/// <summary>What a command finds is not what a user names: backups are no databases, and objects stand for what they are.</summary>
public sealed class FoundTests : ModuleTest
{
    [Theory]
    [InlineData("Get-SqliteDatabase tree -Recurse | Backup-SqliteDatabase -Destination tree/backup/")]
    [InlineData("[IO.DirectoryInfo]::new($args[0]).GetFiles('*.db', 'AllDirectories') | Backup-SqliteDatabase -Destination tree/backup/")]
    [InlineData("Backup-SqliteDatabase tree/*.db tree/")]
    [InlineData("Backup-SqliteDatabase tree/* tree/")]
    [InlineData("Get-SqliteDatabase tree | Backup-SqliteDatabase -Destination tree/")]
    public void A_tree_that_is_backed_up_into_itself_grows_by_one_backup_a_database(string script)
    {
        Create("tree/app.db");

        for (int run = 1; run <= 3; run++)
        {
            RunOutcome outcome = Run(script, Folder["tree"]);
            outcome.AssertClean();
            Assert.Equal(Folder["tree/app.db"], outcome.Get<string>("Database"));
        }

        Assert.Equal(4, Directory.GetFiles(Folder["tree"], "*.db", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Left_out_backups_are_said_and_a_named_one_is_backed_up()
    {
        Create("app.db");
        string backup = Run("Backup-SqliteDatabase app.db ./").Backup;

        Assert.Contains("left out", Assert.Single(Run("Backup-SqliteDatabase *.db out/").Warnings), StringComparison.Ordinal);
        RunOutcome named = Run("Backup-SqliteDatabase $args[0] out/", backup);

        Assert.Equal(backup, named.Get<string>("Database"));
        Assert.Contains("named", Assert.Single(named.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Test-SqliteBackup (Get-SqliteBackup out)", "Backup")]
    [InlineData("Test-SqliteBackup (Backup-SqliteDatabase 'app[1].db' other/ -FileNameFormat 'app[1].db')", "Backup")]
    [InlineData("Get-SqliteBackup (Get-SqliteBackup out)", "Backup")]
    [InlineData("Restore-SqliteDatabase (Get-SqliteBackup out) new.db -PassThru", "Backup")]
    [InlineData("Remove-SqliteBackup (Get-SqliteBackup out) -WhatIf", "Backup")]
    [InlineData("Backup-SqliteDatabase (Get-SqliteDatabase 'app`[1`].db') other/ -FileNameFormat 'app[1].db'", "Backup")]
    public void Objects_are_taken_by_position_too(string script, string property)
    {
        Create("app[1].db");
        Run("Backup-SqliteDatabase -LiteralPath 'app[1].db' -Destination out/ -FileNameFormat 'app[1].db'").AssertClean();

        Assert.Equal("app[1].db", Path.GetFileName(Run(script).Get<string>(property)));
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase app.db more/")]
    [InlineData("Get-SqliteBackup out")]
    [InlineData("Test-SqliteBackup out/*.db")]
    [InlineData("Remove-SqliteBackup out -KeepLast 1 -WhatIf")]
    [InlineData("Export-SqliteDatabase app.db app.sql.gz")]
    public void What_stands_for_a_backup_has_the_same_names_everywhere(string script)
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();

        RunOutcome outcome = Run(script);

        Assert.Equal(Folder["app.db"], outcome.Get<string>("Database"));
        Assert.True(File.Exists(outcome.Backup), outcome.Backup);
        Assert.Equal(new FileInfo(outcome.Backup).Length, outcome.Get<long>("StoredBytes"));
        Assert.InRange(outcome.Get<long>("Bytes"), 1, long.MaxValue);
        Assert.InRange(outcome.Get<DateTime>("StartedAt"), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow);
    }

    [Theory]
    [InlineData("Get-SqliteBackup out | Test-SqliteBackup")]
    [InlineData("[pscustomobject]@{ Database = 'gone.db'; Backup = 'out/app[1].db'; StoredBytes = '1'; PSPath = 'out/app[1].db' } | Test-SqliteBackup")]
    [InlineData("Test-SqliteBackup out/*.db | Restore-SqliteDatabase -Destination new.db -PassThru")]
    [InlineData("[pscustomobject]@{ Database = 'gone.db'; Destination = 'out/app[1].db' } | Test-SqliteBackup")]
    [InlineData("[pscustomobject]@{ Database = 'gone.db'; FullName = 'out/app[1].db' } | Test-SqliteBackup")]
    [InlineData("[pscustomobject]@{ Backup = 'out/app[1].db'; Destination = 'new.db' } | Restore-SqliteDatabase -PassThru")]
    [InlineData("[pscustomobject]@{ Path = 'out/app`[1`].db'; Destination = 'new.db' } | Restore-SqliteDatabase -PassThru")]
    public void Objects_and_rows_with_old_and_new_names_are_taken_from_the_pipeline(string script)
    {
        Create("app[1].db");
        Run("Backup-SqliteDatabase -LiteralPath 'app[1].db' -Destination out/ -FileNameFormat 'app[1].db'").AssertClean();

        RunOutcome outcome = Run(script);

        outcome.AssertClean();
        Assert.Equal(Folder["out/app[1].db"], outcome.Backup);
    }

    [Theory]
    [InlineData("Export-SqliteDatabase app.db text/ | Import-SqliteDatabase -Destination new.db | Get-SqliteDatabase", "new.db")]
    [InlineData("Backup-SqliteDatabase app.db out/copy.db | Restore-SqliteDatabase -Destination new.db -PassThru | Get-SqliteDatabase", "new.db")]
    [InlineData("Backup-SqliteDatabase app.db out/copy.db | Get-SqliteDatabase", "out/copy.db")]
    public void What_a_command_made_is_what_the_next_one_looks_at(string script, string made)
    {
        Create("app.db");

        Assert.Equal(Folder[made], Run(script).Get<string>("Path"));
    }

    [Fact]
    public void A_CSV_may_call_its_column_Database()
    {
        Create("app.db");

        Assert.Equal(Folder["app.db"], Run("[pscustomobject]@{ Database = 'app.db'; Destination = 'out/' } | Backup-SqliteDatabase").Get<string>("Database"));
    }

    [Fact]
    public void A_stale_backup_says_which_database_to_back_up_again()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/").AssertClean();

        Assert.Equal(Folder["out"], Run("(Get-SqliteBackup out)[0].PSPath").Output.Select(path => Path.GetDirectoryName($"{path}")).Single());
    }

    [Fact]
    public void A_backslash_in_a_name_is_a_character_of_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there it parts folders");
        Create("back\\slash.db");

        Assert.Equal(Folder["back\\slash.db"], Run("Get-SqliteDatabase . | Backup-SqliteDatabase -Destination a/").Get<string>("Database"));
        Assert.Equal(Folder["back\\slash.db"], Run("Backup-SqliteDatabase *.db b/").Get<string>("Database"));
        Assert.Equal(Folder["back\\slash.db"], Run("Backup-SqliteDatabase -LiteralPath 'back\\slash.db' -Destination c/").Get<string>("Database"));
    }

    [Fact]
    public void A_path_of_a_share_is_what_it_is_to_PowerShells_own_cmdlets()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there it is a share");
        Create("app.db");

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db '\\\\dev\\null\\x\\'");

        Assert.Contains("'/dev/null", Assert.Single(outcome.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["app.db"], Folder.Files());
    }

    [Theory]
    [InlineData("gone/")]
    [InlineData("gone/copy.db")]
    public void A_folder_that_must_exist_is_not_made(string destination)
    {
        Create("app.db");

        Run($"Backup-SqliteDatabase app.db {destination} -MustExist").AssertError("DestinationMissing");

        Assert.Equal(["app.db"], Folder.Files());
    }

    [Theory]
    [InlineData("90m", true)]
    [InlineData("1.5d", false)]
    [InlineData("0.5h", true)]
    public void Ages_have_minutes_and_fractions(string age, bool isOlder)
    {
        Create("old.db");
        File.SetLastWriteTimeUtc(Folder["old.db"], DateTime.UtcNow.AddHours(-2));

        Assert.Equal(isOlder ? 1 : 0, Run($"Get-SqliteBackup . -OlderThan {age}").Output.Count);
    }

    [Fact]
    public void An_unfinished_backup_that_a_listing_found_is_left_out_and_no_error()
    {
        Create("in/app.db");
        Directory.CreateDirectory(Folder["in/out"]);

        // Gone by the time its turn comes, as it has its name by then.
        RunOutcome outcome = Run("'in/app.db', 'in/out/app.db.partial-0123456789abcdef', 'in/out/app.db.json.partial-0123456789abcdef' | Backup-SqliteDatabase -Destination in/out/");

        Assert.NotEqual(Folder["in/out"], outcome.Backup);
        Assert.StartsWith("2 files were left out", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
    }
}
