using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>The backups of a folder, as PowerShell sees them.</summary>
public sealed class CatalogTests : ModuleTest
{
    [Fact]
    public void Backups_are_listed_and_pruned_from_the_pipeline()
    {
        Create("app.db");
        Run("1..4 | & { process { Backup-SqliteDatabase app.db backups/ } }").AssertClean();

        Assert.Equal(4, Run("Get-SqliteBackup backups").Output.Count);
        RunOutcome removed = Run("Get-SqliteBackup backups | Remove-SqliteBackup -KeepLast 1 -Force");

        removed.AssertClean();
        Assert.Equal(3, removed.Output.Count);
        PSObject left = Run("Get-SqliteBackup backups").Result;
        Assert.Equal(Folder["app.db"], left.Properties["Database"].Value);
        Assert.True((bool)left.Properties["Verified"].Value);
        Assert.Equal(2, Folder.Files("backups").Length);
    }

    [Fact]
    public void A_database_that_no_backup_is_of_is_said_and_a_file_here_is_not_taken_for_all_of_its_name()
    {
        Create("data/app.db");
        Run("Backup-SqliteDatabase data/app.db backups/").AssertClean();
        Create("app.db");

        RunOutcome here = Run("Get-SqliteBackup backups -Database app.db");

        Assert.Empty(here.Output);
        Assert.Contains($"'{Folder["app.db"]}'. 'app.db' is taken for the file", Assert.Single(here.Warnings), StringComparison.Ordinal);
        RunOutcome every = Run("Get-SqliteBackup backups -Database '*app.db'");
        Assert.Single(every.Output);
        Assert.Empty(every.Warnings);
        Assert.Equal("No backup there is of 'blog'.", Assert.Single(Run("Get-SqliteBackup backups -Database app, blog, data/app.db").Warnings));
        Assert.Equal("No backup there is of 'blog'.", Assert.Single(Run("Remove-SqliteBackup backups -Database blog -KeepLast 1 -Force").Warnings));
        Assert.Equal("Missing", $"{Assert.Single(Run("Get-SqliteBackup backups -Database blog -Latest").Output).Properties["Status"].Value}");
        Assert.Empty(Run("Get-SqliteBackup backups -Database blog -Latest").Warnings);
        Assert.Empty(Run("Get-SqliteBackup backups -Database data/app.db -OlderThan 1d").Warnings);
    }

    [Fact]
    public void Kept_backups_come_with_their_reasons_under_WhatIf_and_nothing_goes()
    {
        Create("app.db");
        Run("1..3 | & { process { Backup-SqliteDatabase app.db backups/ } }").AssertClean();

        RunOutcome plan = Run("Remove-SqliteBackup backups -KeepLast 1 -WhatIf");

        plan.AssertClean();
        Assert.Equal(["Kept", "WouldRemove", "WouldRemove"], plan.Output.Select(line => line.Properties["Action"].Value.ToString()));
        Assert.Equal("newest verified backup, last", plan.Output[0].Properties["Reason"].Value);
        Assert.Equal(3, Folder.Backups("backups").Length);
    }

    [Theory]
    [InlineData("Compress", "Brotli")]
    [InlineData("CompressionLevel", "23")]
    [InlineData("KeepWithin", "soon")]
    [InlineData("KeepLast", "-1")]
    public void A_bad_option_is_refused_before_any_work(string parameter, string value)
    {
        Create("app.db");

        Run($"Backup-SqliteDatabase app.db backups/ -{parameter} $args[0]", value).AssertRefused(parameter);

        Assert.False(Directory.Exists(Folder["backups"]));
    }

    [Fact]
    public void SQL_text_goes_out_and_comes_in_as_a_stream_of_statements_and_as_a_file()
    {
        Create("app.db");

        Assert.Equal("COMMIT;", Run("Export-SqliteDatabase app.db -AsString").Output[^1].BaseObject);
        Run("Export-SqliteDatabase app.db app.sql.zst").AssertClean();
        Run("Import-SqliteDatabase app.sql.zst back.db").AssertClean();

        Assert.Equal(Rows(Folder["app.db"]), Rows(Folder["back.db"]));
    }

    [Fact]
    public void An_export_that_is_stopped_by_Select_First_leaves_nothing_open()
    {
        Create("app.db");

        Assert.Single(Run("Export-SqliteDatabase app.db -AsString | Select-First").Output);

        Assert.Equal(["app.db"], Folder.Files());
    }
}
