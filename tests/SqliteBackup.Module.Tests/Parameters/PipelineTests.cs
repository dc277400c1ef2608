using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Parameters;

public sealed class PipelineTests : ModuleTest
{
    [Fact]
    public void Three_objects_one_broken_give_two_results_and_one_error()
    {
        Create("one.db");
        File.WriteAllText(Folder["two.db"], "no database");
        Create("three.db");

        RunOutcome outcome = Run(
            """
            $databases = foreach ($name in 'one', 'two', 'three') { [pscustomobject]@{ Path = "$name.db"; Destination = "to/$name/" } }
            $databases | Backup-SqliteDatabase -ThrottleLimit 1
            """);

        Assert.Equal(Folder["two.db"], outcome.AssertError("NotADatabase").TargetObject);
        Assert.Equal([Folder["one.db"], Folder["three.db"]], outcome.Output.Select(result => result.Properties["Database"].Value));
        Assert.Single(Folder.Backups("to/one"));
        Assert.Single(Folder.Backups("to/three"));
    }

    [Fact]
    public void Every_option_of_a_row_applies_to_that_row_only()
    {
        string database = Create("app.db", rows: 40);
        long pages = Pages(database);

        // As from Import-Csv: every value is text, and an empty cell means nothing was said.
        RunOutcome outcome = Run(
            """
            [pscustomobject]@{ Path = 'app.db'; Destination = 'a.db'; PagesPerStep = '1'; CopyMode = 'Stepped'; Verify = 'None'; FileNameFormat = '' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'b.db'; PagesPerStep = ''; CopyMode = ''; Verify = ''; FileNameFormat = '' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'c.db'; PagesPerStep = '-1'; CopyMode = 'SingleStep'; Verify = 'Full'; FileNameFormat = '' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'd/' } | Backup-SqliteDatabase -ThrottleLimit 1
            """);

        outcome.AssertClean();
        // Backups to files wait until it is known that no two lead to one.
        Assert.Equal([1L, pages, 1L, 1L], outcome.Output.Select(result => (long)result.Properties["Steps"].Value));
        Assert.Equal(["Stepped", "Stepped", "Stepped", "SingleStep"], outcome.Output.Select(result => $"{result.Properties["CopyMode"].Value}"));
        Assert.Equal(["Quick", "None", "Quick", "Full"], outcome.Output.Select(result => $"{result.Properties["Verified"].Value}"));
    }

    [Fact]
    public void An_option_of_the_command_line_holds_for_rows_that_say_nothing_and_an_empty_cell_is_its_default()
    {
        Create("app.db");

        RunOutcome outcome = Run(
            """
            [pscustomobject]@{ Path = 'app.db'; Destination = 'a.db' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'b.db' } | Backup-SqliteDatabase -Verify Full
            """);

        outcome.AssertClean();
        Assert.Equal(["Full", "Full"], outcome.Output.Select(result => $"{result.Properties["Verified"].Value}"));
    }

    [Fact]
    public void Every_option_binds_from_text_and_from_an_empty_cell()
    {
        Create("app.db", rows: 50);
        string[] options =
        [
            "FileNameFormat", "CopyMode", "PagesPerStep", "StepMilliseconds", "StepDelayMilliseconds", "MaxBytesPerSecond", "MaxWalGrowth",
            "MaxWriterStallSeconds", "BusyTimeoutSeconds", "TimeoutSeconds", "Verify",
        ];
        string[] values = ["{name}.bak", "Stepped", "7", "10", "1", "100MB", "1GB", "2.5", "0.5", "60", "Full"];
        for (int i = 0; i < options.Length; i++)
        {
            foreach (string value in (string[])[values[i], "", " "])
            {
                RunOutcome outcome = Run(
                    "$row = [pscustomobject]@{ Path = 'app.db'; Destination = 'backups/'; $($args[0]) = $args[1] }; $row | Backup-SqliteDatabase",
                    options[i], value);
                Assert.True(outcome.Errors.Count == 0, $"{options[i]} = '{value}': {string.Join("; ", outcome.Errors)}");
            }
        }
    }

    [Fact]
    public void A_bad_cell_is_the_error_of_its_row_and_the_others_go_on()
    {
        Create("app.db");

        RunOutcome outcome = Run(
            """
            [pscustomobject]@{ Path = 'app.db'; Destination = 'a.db'; PagesPerStep = 'many' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'b.db'; PagesPerStep = '0' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'b.db'; CopyMode = 'Snapshoot' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'b.db'; FileNameFormat = '{' },
            [pscustomobject]@{ Path = 'app.db'; Destination = ''; PagesPerStep = '2' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'c.db'; PagesPerStep = '2' } | Backup-SqliteDatabase
            """);

        string[] messages = [.. outcome.Errors.Select(error => error.Exception.Message)];
        Assert.Equal(5, messages.Length);
        Assert.Contains("'many' is no whole number", messages[0], StringComparison.Ordinal);
        Assert.Contains("Suspend-SqliteBackup", messages[1], StringComparison.Ordinal);
        Assert.Contains("Auto, Snapshot, Stepped, SingleStep", messages[2], StringComparison.Ordinal);
        Assert.Contains("file name format", messages[3], StringComparison.Ordinal);
        Assert.Contains("'Destination'", messages[4], StringComparison.Ordinal);
        Assert.Single(outcome.Output);
        Assert.Equal(["app.db", "c.db", "c.db.json"], Folder.Files());
    }

    [Fact]
    public void A_database_is_backed_up_as_soon_as_its_record_arrives()
    {
        Create("one.db");
        Create("two.db");

        // The second record only comes once the first one's backup is there.
        RunOutcome outcome = Run(
            """
            & {
                'one.db'
                $deadline = [datetime]::UtcNow.AddSeconds(30)
                while (-not [System.IO.File]::Exists($args[0]) -and [datetime]::UtcNow -lt $deadline) { [System.Threading.Thread]::Sleep(5) }
                if ([System.IO.File]::Exists($args[0])) { 'two.db' }
            } $args[0] | Backup-SqliteDatabase -Destination backups/ -FileNameFormat '{name}{extension}'
            """,
            Folder["backups/one.db"]);

        outcome.AssertClean();
        Assert.Equal(["one.db", "two.db"], Folder.Backups("backups"));
    }

    [Fact]
    public void Select_First_ends_the_command_after_one_backup_and_leaves_nothing_of_the_others()
    {
        foreach (int number in Enumerable.Range(1, 9))
        {
            Create($"{number}.db", rows: 300);
        }

        RunOutcome outcome = Run("Backup-SqliteDatabase *.db backups/ -FileNameFormat '{name}{extension}' -ThrottleLimit 1 | Select-First");

        Assert.Equal(Folder["backups/1.db"], outcome.Backup);
        Assert.Equal(["1.db"], Folder.Backups("backups"));
        Assert.All(outcome.Progress.GroupBy(record => record.ActivityId), row => Assert.Equal(ProgressRecordType.Completed, row.Last().RecordType));
    }

    [Fact]
    public void Select_First_among_several_at_once_leaves_whole_backups_only()
    {
        foreach (int number in Enumerable.Range(1, 9))
        {
            Create($"{number}.db", rows: 300);
        }

        Run("Backup-SqliteDatabase *.db backups/ -FileNameFormat '{name}{extension}' -ThrottleLimit 3 | Select-First").AssertClean();

        string[] files = [.. Folder.Files("backups").Where(file => file.EndsWith(".db", StringComparison.Ordinal))];
        Assert.InRange(files.Length, 1, 3);
        Assert.All(files, file => Assert.Equal(300, Rows(Folder[$"backups/{file}"])));
    }

    [Fact]
    public void ErrorAction_Stop_ends_the_command_at_the_first_error()
    {
        File.WriteAllText(Folder["bad.db"], "no database");
        Create("good.db");

        RunOutcome outcome = Run("Backup-SqliteDatabase bad.db, good.db backups/ -ThrottleLimit 1 -ErrorAction Stop");

        Assert.IsAssignableFrom<ActionPreferenceStopException>(outcome.Terminating);
        Assert.Empty(outcome.Output);
        Assert.False(Directory.Exists(Folder["backups"]) && Folder.Backups("backups").Length > 0);
    }

    [Fact]
    public void A_downstream_command_that_throws_ends_the_backups_that_follow()
    {
        Create("one.db", rows: 200);
        Create("two.db", rows: 200);

        RunOutcome outcome = Run("Backup-SqliteDatabase one.db, two.db backups/ -FileNameFormat '{name}{extension}' -ThrottleLimit 1 | & { process { throw 'enough' } }");

        Assert.Contains("enough", outcome.Terminating?.Message, StringComparison.Ordinal);
        Assert.Equal(["one.db"], Folder.Backups("backups"));
    }
}
