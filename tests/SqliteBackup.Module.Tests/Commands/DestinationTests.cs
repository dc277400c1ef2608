using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

public sealed class DestinationTests : ModuleTest
{
    [Fact]
    public void A_database_is_backed_up_into_a_folder_that_is_made_under_a_name_with_the_time()
    {
        Create("app.db", rows: 30);

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db new/backups/");

        Assert.Equal(Folder["app.db"], outcome.Get<string>("Database"));
        Assert.Matches(@"[/\\]new[/\\]backups[/\\]app-\d{8}T\d{9}Z\.db$", outcome.Backup);
        Assert.Equal(30, Rows(outcome.Backup));
        Assert.Single(Folder.Backups("new/backups"));
    }

    [Fact]
    public void A_folder_that_exists_needs_no_separator_at_its_end()
    {
        Create("app.db");
        Directory.CreateDirectory(Folder["backups"]);

        Assert.Equal(Folder["backups"], Path.GetDirectoryName(Run("Backup-SqliteDatabase app.db backups").Backup));
    }

    [Fact]
    public void A_file_is_written_as_it_is_named_and_its_folder_made()
    {
        Create("app.db");

        Assert.Equal(Folder["a/b/copy.sqlite"], Run("Backup-SqliteDatabase app.db a/b/copy.sqlite").Backup);
        Assert.True(File.Exists(Folder["a/b/copy.sqlite"]));
    }

    [Theory]
    [InlineData("{name}{extension}", "app.db")]
    [InlineData("{name}-daily{extension}.bak", "app-daily.db.bak")]
    [InlineData("{{{name}}}", "{app}")]
    public void FileNameFormat_names_the_backups_of_a_folder(string format, string expected)
    {
        Create("app.db");

        Assert.Equal(expected, Path.GetFileName(Run("Backup-SqliteDatabase app.db backups/ -FileNameFormat $args[0]", format).Backup));
    }

    [Theory]
    [InlineData("{nmae}.db")]
    [InlineData("{name")]
    [InlineData("a/{name}")]
    [InlineData("{timestamp:%}")]
    public void A_bad_FileNameFormat_ends_the_command_before_any_work(string format)
    {
        Create("app.db");

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db backups/ -FileNameFormat $args[0]", format);

        Assert.Contains("file name format", outcome.AssertRefused("FileNameFormat"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder["backups"]));
    }

    [Fact]
    public void Databases_of_one_command_never_get_the_same_name()
    {
        foreach (string name in (string[])["a/app.db", "b/app.db", "c/app.db"])
        {
            Create(name);
        }

        RunOutcome outcome = Run("Backup-SqliteDatabase a/app.db, b/app.db, c/app.db backups/ -FileNameFormat '{name}{extension}' -ThrottleLimit 1");

        outcome.AssertClean();
        Assert.Equal(["app-2.db", "app-3.db", "app.db"], Folder.Backups("backups"));
        Assert.Equal(
            [Folder["backups/app.db"], Folder["backups/app-2.db"], Folder["backups/app-3.db"]],
            outcome.Output.Select(result => result.Properties["Backup"].Value));
    }

    [Fact]
    public void A_file_takes_one_database_of_a_command_even_with_Force_and_otherwise_none()
    {
        Create("a.db", rows: 5);
        Create("b.db", rows: 9);

        RunOutcome outcome = Run("Backup-SqliteDatabase a.db, b.db copy.db -Force");

        Assert.Equal([Folder["a.db"], Folder["b.db"]], outcome.Errors.Select(error => error.TargetObject));
        Assert.All(outcome.Errors, error => Assert.Contains("end it with '/'", error.Exception.Message, StringComparison.Ordinal));
        Assert.Empty(outcome.Output);
        Assert.Equal(["a.db", "b.db"], Folder.Files());
    }

    [Fact]
    public void Force_replaces_a_file_and_without_it_the_file_stays()
    {
        Create("app.db", rows: 12);
        File.WriteAllText(Folder["copy.db"], "precious");

        RunOutcome refused = Run("Backup-SqliteDatabase app.db copy.db");

        Assert.Contains("-Force", refused.AssertError("DestinationExists").Exception.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Folder["copy.db"]));

        Run("Backup-SqliteDatabase app.db copy.db -Force").AssertClean();
        Assert.Equal(12, Rows(Folder["copy.db"]));
        Assert.Equal(["app.db", "copy.db", "copy.db.json"], Folder.Files());
    }

    [Fact]
    public void WhatIf_says_what_would_happen_and_touches_nothing()
    {
        Create("app.db");

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db new/backups/ -WhatIf -FileNameFormat '{name}{extension}'");

        outcome.AssertClean();
        Assert.Empty(outcome.Output);
        Assert.Equal(["app.db"], Folder.Files());
        Assert.False(Directory.Exists(Folder["new"]));
        string text = Session.Host.Text;
        Assert.Contains(Folder["app.db"], text, StringComparison.Ordinal);
        Assert.Contains(Folder["new/backups/app.db"], text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_also_with_WhatIf()
    {
        RunOutcome outcome = Run("Backup-SqliteDatabase nope.db backups/ -WhatIf");

        outcome.AssertError("FileNotFound");
        Assert.Empty(Session.Host.Text);
    }

    [Fact]
    public void Confirm_answered_with_no_backs_nothing_up()
    {
        Create("app.db");

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db backups/ -Confirm");

        outcome.AssertClean();
        Assert.Empty(outcome.Output);
        Assert.Contains("Back up to", Session.Host.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder["backups"]));
    }
}
