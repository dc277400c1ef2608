namespace SqliteBackup.Tool.Tests;

public sealed class MissingCommandTests
{
    [Theory]
    [InlineData("Get-ChildItem *.db", "Get-ChildItem", "Get-SqliteDatabase")]
    [InlineData("dir", "Get-ChildItem", "wildcards")]
    [InlineData("Import-Csv list.csv | Backup-SqliteDatabase", "Import-Csv", "pipe objects")]
    [InlineData("1 | convertto-json", "ConvertTo-Json", "-OutputFormat Json")]
    [InlineData("Compress-Archive x", "Compress-Archive", "pwsh")]
    [InlineData("Get-Acl x", "Get-Acl", "pwsh")]
    public void A_command_of_pwshs_own_modules_is_named_with_what_to_do(string command, string name, string remedy)
    {
        ToolRun run = ToolRun.Of("-Command", command);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(name, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(remedy, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("module of pwsh", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void So_it_is_where_a_pwsh_lends_its_module_path()
    {
        using SqliteBackup.Testing.TempFolder folder = new();
        string module = Directory.CreateDirectory(folder["Microsoft.PowerShell.Management"]).FullName;
        File.WriteAllText(
            Path.Combine(module, "Microsoft.PowerShell.Management.psd1"),
            "@{ ModuleVersion = '7.0'; CmdletsToExport = 'Get-ChildItem'; NestedModules = 'Microsoft.PowerShell.Commands.Management' }");
        ToolRun run = ToolRun.Of("-c", $"$env:PSModulePath = '{folder.Path}'; Get-ChildItem");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("module of pwsh", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_other_unknown_command_is_just_unknown()
    {
        ToolRun run = ToolRun.Of("Get-Nonsense");
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("pwsh", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Piping_into_a_program_says_what_to_do()
    {
        ToolRun run = ToolRun.Of("-c", "'x' | dotnet");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Pipe the output of sqlitebackup itself", run.Error, StringComparison.Ordinal);
    }
}
