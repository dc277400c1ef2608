using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Parameters;

public sealed class PathTests : ModuleTest
{
    [Fact]
    public void Wildcards_take_the_databases_and_leave_folders_sidecars_and_unfinished_backups_out()
    {
        Create("one.db");
        Create("two.db");
        Create("lonely-wal");
        Directory.CreateDirectory(Folder["folder.db"]);
        foreach (string sidecar in (string[])["one.db-shm", "one.db.partial-0123456789abcdef", "one.db.partial-0123456789abcdef-journal"])
        {
            File.WriteAllText(Folder[sidecar], "");
        }

        RunOutcome outcome = Run("Backup-SqliteDatabase * backups/");

        outcome.AssertClean();
        Assert.Equal(
            ["lonely-wal", "one.db", "two.db"],
            outcome.Output.Select(result => Path.GetFileName((string)result.Properties["Database"].Value)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_path_that_leaves_its_drive_is_one_error_and_the_others_go_on()
    {
        Create("one.db");

        RunOutcome outcome = Run(
            """
            $files = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
            $null = $ExecutionContext.SessionState.Drive.New([System.Management.Automation.PSDriveInfo]::new('X', $files, $args[0], '', $null), 'Global')
            Backup-SqliteDatabase X:/../no.db, X:/../no*.db, X:/one.db backups/
            Backup-SqliteDatabase one.db X:/../no/
            """,
            Folder.Path);

        Assert.Single(outcome.Output);
        Assert.Equal(
            ["FileNotFound", "FileNotFound", "DestinationOpenFailed"],
            outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Theory]
    [InlineData("with space.db")]
    [InlineData("it's.db")]
    [InlineData("quote\".db")]
    [InlineData("brackets[1].db")]
    [InlineData("[.db")]
    [InlineData("what?.db")]
    [InlineData("star*.db")]
    [InlineData("hash#1.db")]
    [InlineData("per%20cent.db")]
    [InlineData("semi;colon.db")]
    [InlineData("über-データ-🗄.db")]
    [InlineData("file:memory.db")]
    [InlineData("-dash.db")]
    [InlineData("$dollar`tick.db")]
    [InlineData("mode=ro&cache=shared.db")]
    public void Odd_names_simply_work_by_Path_by_LiteralPath_and_by_pipeline(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name.IndexOfAny(['"', '?', '*', ':']) >= 0, "Windows has no such names.");
        Create(name, rows: 7);

        RunOutcome[] outcomes =
        [
            Run("Backup-SqliteDatabase -Path $args[0] -Destination by-path/", name),
            Run("Backup-SqliteDatabase -LiteralPath $args[0] -Destination by-literal-path/", name),
            Run("$args[0] | Backup-SqliteDatabase -Destination by-value/", name),
            Run("[pscustomobject]@{ PSPath = $args[0] } | Backup-SqliteDatabase -Destination by-property/", Folder[name]),
            Run("[System.IO.FileInfo]::new($args[0]) | Backup-SqliteDatabase -Destination by-file/", Folder[name]),
            Run("Backup-SqliteDatabase -LiteralPath $args[0] -Destination $args[1]", name, "to a file/" + name),
        ];

        foreach (RunOutcome outcome in outcomes)
        {
            Assert.Equal(Folder[name], outcome.Get<string>("Database"));
            Assert.Equal(7, Rows(outcome.Backup));
        }

        Assert.Equal([name], Folder.Backups("to a file"));
    }

    [Fact]
    public void A_pattern_wins_over_a_name_that_looks_like_it_and_LiteralPath_takes_the_name()
    {
        Create("a1.db");
        Create("a[1].db");

        Assert.Equal(Folder["a1.db"], Run("Backup-SqliteDatabase 'a[1].db' x/").Get<string>("Database"));
        Assert.Equal(Folder["a[1].db"], Run("Backup-SqliteDatabase -LiteralPath 'a[1].db' y/").Get<string>("Database"));
        Assert.Equal(Folder["a[1].db"], Run("Backup-SqliteDatabase 'a`[1`].db' z/").Get<string>("Database"));
    }

    [Theory]
    [InlineData("nope.db")]
    [InlineData("no/folder/nope.db")]
    [InlineData("nope*.db")]
    [InlineData("nope[1].db")]
    [InlineData("nodrive:/nope.db")]
    public void What_is_not_there_is_FileNotFound(string path)
    {
        ErrorRecord error = Run("Backup-SqliteDatabase $args[0] backups/", path).AssertError("FileNotFound");

        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Contains("nope", (string)error.TargetObject, StringComparison.Ordinal);
        RunOutcome.AssertSaysWhatToDo(error);
        Assert.Empty(Folder.Files());
    }

    [Theory]
    [InlineData("Env:PATH")]
    [InlineData("Variable:HOME")]
    [InlineData("Function:*")]
    [InlineData("NoSuchProvider::x")]
    public void A_path_on_another_provider_is_PathNotFileSystem(string path)
    {
        ErrorRecord error = Run("Backup-SqliteDatabase $args[0] backups/", path).AssertError("PathNotFileSystem");

        Assert.Equal(path, error.TargetObject);
        Assert.Empty(Folder.Files());
    }

    [Fact]
    public void A_destination_on_another_provider_is_PathNotFileSystem_for_each_database()
    {
        Create("app.db");

        ErrorRecord error = Run("Backup-SqliteDatabase app.db Env:backups").AssertError("PathNotFileSystem");

        Assert.Equal(Folder["app.db"], error.TargetObject);
        Assert.Contains("Env:backups", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_path_is_relative_to_the_sessions_location_not_to_the_process()
    {
        Create("deep/app.db");
        Session.MoveTo(Folder["deep"]);

        Assert.Equal(Folder["copy.db"], Run("Backup-SqliteDatabase ./app.db ../copy.db").Backup);
    }
}
