using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed class TerminalTests
{
    private const string Bar = "━━━━";

    // Slow enough to be drawn: 256 pages, a step each, 5 ms apart.
    private static readonly string[] Slowly = ["-PagesPerStep", "1", "-StepDelayMilliseconds", "5"];

    [Fact]
    public void Progress_is_drawn_on_a_terminal_and_taken_away()
    {
        using TempFolder folder = new();
        ToolRun run = ToolRun.InTerminal("", [.. Backup(folder), .. Slowly]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(Bar, run.Output, StringComparison.Ordinal);
        Assert.Contains("%", run.Output, StringComparison.Ordinal);
        Assert.True(
            run.Output.LastIndexOf(Bar, StringComparison.Ordinal) < run.Output.IndexOf("----", StringComparison.Ordinal),
            "The table of results comes after the last drawing.");
    }

    [Fact]
    public void Progress_is_not_drawn_when_redirected()
    {
        using TempFolder folder = new();
        ToolRun run = ToolRun.Of([.. Backup(folder), .. Slowly]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain(Bar, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-ProgressAction SilentlyContinue")]
    public void Progress_can_be_turned_off(string option)
    {
        using TempFolder folder = new();
        string preference = option.Length == 0 ? "$ProgressPreference = 'SilentlyContinue';" : "";
        string command = string.Join(' ', [preference, .. Backup(folder), .. Slowly, option]);
        ToolRun run = ToolRun.InTerminal("", "-c", command);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(Bar, run.Output, StringComparison.Ordinal);
        Assert.Contains("----", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n\n", 0)]
    [InlineData("y\n", 1)]
    [InlineData("?\nNo\n", 0)]
    public void A_question_is_asked_on_a_terminal(string answer, int backups)
    {
        using TempFolder folder = new();
        ToolRun run = ToolRun.InTerminal(answer, [.. Backup(folder), "-Confirm"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[Y] Yes", run.Output, StringComparison.Ordinal);
        Assert.Equal(backups, folder.Backups("backups").Length);
    }

    [Fact]
    public void Without_a_terminal_a_question_is_an_error_that_says_how_not_to_be_asked()
    {
        using TempFolder folder = new();
        ToolRun run = ToolRun.Of([.. Backup(folder), "-Confirm"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("-Confirm:$false", run.Error, StringComparison.Ordinal);
        Assert.Empty(folder.Backups("backups"));
    }

    [Fact]
    public void Without_a_terminal_a_missing_parameter_is_an_error()
    {
        ToolRun run = ToolRun.Of("Backup-SqliteDatabase");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Path", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_red_on_a_terminal()
    {
        ToolRun run = ToolRun.InTerminal("", "-c", "throw 'up'");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("\e[31;1mup", run.Output, StringComparison.Ordinal);
    }

    private static string[] Backup(TempFolder folder) =>
        ["Backup-SqliteDatabase", new SampleDatabase { Megabytes = 1 }.Create(folder["app.db"]), folder["backups"] + "/"];
}
