using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Shipping;

public sealed class ImportTests : ModuleTest
{
    private const string Works = "$manifest = & ([scriptblock]::Create([System.IO.File]::ReadAllText([System.IO.Path]::Combine($args[0], 'SqliteBackup.psd1')))); "
        + "(Get-Command -Module SqliteBackup).Count - $manifest.CmdletsToExport.Count; "
        + "(Get-Module SqliteBackup).ExportedCmdlets.Count - $manifest.CmdletsToExport.Count; "
        + "(Backup-SqliteDatabase app.db backups/ -FileNameFormat '{name}-{timestamp:HHmmssfffffff}').PageCount -gt 0";

    [Theory]
    [InlineData("Import-Module $args[0]")]
    [InlineData("Import-Module $args[0] -Force")]
    [InlineData("Import-Module $args[0] -Force; Import-Module $args[0]; Import-Module $args[0] -Force")]
    [InlineData("Remove-Module SqliteBackup; Import-Module $args[0]")]
    [InlineData("Remove-Module SqliteBackup; Import-Module $args[0] -Force; Remove-Module SqliteBackup; Import-Module $args[0]")]
    public void The_cmdlet_is_still_there_after(string again)
    {
        Create("app.db");

        RunOutcome outcome = Run($"{again}; {Works}", BuildPaths.StagedModule);

        outcome.AssertClean();
        Assert.Equal([0, 0, true], outcome.Output.Select(value => value.BaseObject));
    }

    [Fact]
    public void Removing_the_module_takes_its_cmdlet_away()
    {
        RunOutcome outcome = Run("Remove-Module SqliteBackup; Get-Command Backup-SqliteDatabase -ErrorAction Ignore; Get-Module SqliteBackup");

        outcome.AssertClean();
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Several_sessions_import_and_back_up_at_once()
    {
        Create("app.db", rows: 500);

        RunOutcome[] outcomes = new RunOutcome[8];
        Parallel.For(0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = outcomes.Length }, number =>
        {
            using var session = new ModuleSession(import: false);
            session.MoveTo(Folder.Path);
            outcomes[number] = session.Run(
                "Import-Module $args[0]; Backup-SqliteDatabase app.db $args[1]", BuildPaths.StagedModule, $"backups/{number}.db");
        });

        Assert.All(outcomes, outcome => Assert.Equal(500, Rows(outcome.Backup)));
        Assert.Equal(8, Folder.Backups("backups").Length);
    }

    [Fact]
    public void Another_copy_of_the_module_in_the_same_process_is_refused_in_words()
    {
        Copy(Folder["SqliteBackup"]);

        RunOutcome outcome = Run("Remove-Module SqliteBackup; Import-Module $args[0] -ErrorAction Stop", Folder["SqliteBackup"]);

        Assert.Contains("Start a new session", $"{outcome.Terminating?.Message}{string.Join("", outcome.Errors)}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_module_under_another_way_to_write_its_path_is_the_same_copy()
    {
        Create("app.db");
        using CaselessFileSystem? disk = CaselessFileSystem.TryMount(Folder["disk"]);
        Directory.CreateDirectory(Folder["linked"]);
        Directory.CreateSymbolicLink(Folder["linked/SqliteBackup"], BuildPaths.StagedModule);

        Run($"Remove-Module SqliteBackup; Import-Module $args[0]; {Works}", Folder["linked/SqliteBackup"]).AssertClean();

        Assert.SkipWhen(disk is null, CaselessFileSystem.Missing);
        Copy(Folder["disk/Mixed/SqliteBackup"]);
        using var process = new ModuleProcess(
            PowerShellStart.Plain(
                "-Command",
                "Import-Module ./disk/Mixed/SqliteBackup; Import-Module ./disk/mixed/SQLITEBACKUP -Force; (Backup-SqliteDatabase app.db again/).PageCount -gt 0"),
            Folder.Path);
        Assert.Equal("True", $"{process.Output.Trim()}{process.Error.Trim()}");
    }

    private static void Copy(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(BuildPaths.StagedModule, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(BuildPaths.StagedModule, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [Fact]
    public void The_manifest_exports_explicitly_what_is_exported_and_nothing_else()
    {
        RunOutcome outcome = Run(
            """
            $written = & ([scriptblock]::Create([System.IO.File]::ReadAllText([System.IO.Path]::Combine($args[0], 'SqliteBackup.psd1'))))
            $module = Get-Module SqliteBackup
            ($written.CmdletsToExport -join ','), ([System.Linq.Enumerable]::Order([string[]]$module.ExportedCommands.Keys) -join ','), $module.Version.ToString(), $written.ModuleVersion
            $written.FunctionsToExport.Count, $written.AliasesToExport.Count, $written.VariablesToExport.Count
            """,
            BuildPaths.StagedModule);

        outcome.AssertClean();
        object[] values = [.. outcome.Output.Select(value => value.BaseObject)];
        Assert.Contains(",Backup-SqliteDatabase,", (string)values[0], StringComparison.Ordinal);
        Assert.Equal(values[0], values[1]);
        Assert.Equal(values[3], values[2]);
        Assert.Equal([0, 0, 0], values[4..]);
        Assert.DoesNotContain("*", (string)values[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Our_types_live_in_a_load_context_of_their_own()
    {
        Create("app.db");
        PSObject result = Run("Backup-SqliteDatabase app.db backups/").Result;

        Assert.Equal("SqliteBackup", System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(result.BaseObject.GetType().Assembly)?.Name);
    }
}
