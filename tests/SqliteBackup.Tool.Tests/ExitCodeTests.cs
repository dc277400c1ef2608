using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("'all well'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit", 0)]
    [InlineData("1/0", 1)]
    [InlineData("1/0; 'goes on'", 1)]
    [InlineData("1/0; exit 0", 0)]
    [InlineData("throw 'up'", 1)]
    [InlineData("a ( b", 1)]
    [InlineData("No-SuchCommand", 1)]
    [InlineData("try { 1/0 } catch { 'caught' }", 0)]
    [InlineData("Get-Module nowhere -ErrorAction SilentlyContinue", 0)]
    [InlineData("Import-Module nowhere -ErrorAction SilentlyContinue", 0)]
    [InlineData("Backup-SqliteDatabase nowhere.db nowhere", 1)]
    public void A_commands_exit_code_says_how_it_went(string command, int expected) =>
        Assert.Equal(expected, ToolRun.Of("-Command", command).ExitCode);

    [Theory]
    [InlineData("exit 9", 9)]
    [InlineData("function f { exit 8 }; f; 'not reached'", 8)]
    [InlineData("1/0", 1)]
    [InlineData("$null = $true", 0)]
    public void So_does_a_scripts(string script, int expected)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["s.ps1"], script);
        ToolRun run = ToolRun.Of("-File", folder["s.ps1"]);
        Assert.Equal((expected, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public void Errors_go_to_standard_error_and_say_where()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["s.ps1"], "'before'\n1/0\n'after'");
        ToolRun run = ToolRun.Of("-File", folder["s.ps1"]);
        Assert.Equal(["before", "after"], run.Lines);
        Assert.Equal("s.ps1:2: Attempted to divide by zero.", run.Error.Trim());
    }

    [Fact]
    public void A_syntax_error_shows_the_place()
    {
        ToolRun run = ToolRun.Of("-Command", "1 +");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("    1 +\n       ~", run.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
