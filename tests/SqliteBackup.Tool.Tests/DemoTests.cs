using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed class DemoTests
{
    [Fact]
    public void The_demo_backs_up_under_a_writer_and_shows_the_facts()
    {
        using TempFolder folder = new();
        ToolRun run = Demo(folder, "--size", "8", "--seconds", "1");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));

        long before = Number(run, "Rows before the backup");
        long copy = Number(run, "Rows in the copy");
        long after = Number(run, "Rows after the backup");
        Assert.InRange(copy, before, after);
        Assert.True(after > before, "The writer wrote meanwhile.");
        Assert.Equal(0, Number(run, "Restarts of the copy"));
        Assert.True(Number(run, "The writer's commits") > 0);
        Assert.Matches(@"The writer's longest wait +[0-9.,]+ ms", run.Output);
        Assert.Matches(@"Integrity of the copy +ok", run.Output);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Empty(folder.Files());
    }

    [Fact]
    public void It_can_keep_what_it_made()
    {
        Assert.SkipUnless(Judge.Missing is null, Judge.Missing ?? "");
        using TempFolder folder = new();
        ToolRun run = Demo(folder, "--size", "1", "--seconds", "0", "--keep");
        string kept = folder[Assert.Single(folder.Files())];
        Assert.Contains($"Kept: {kept}", run.Output, StringComparison.Ordinal);
        string copy = Assert.Single(Directory.GetFiles(Path.Combine(kept, "backups"), "*.db"));
        Assert.Equal("ok", Judge.IntegrityCheck(copy));
        Assert.Equal(
            Number(run, "Rows in the copy").ToString(CultureInfo.InvariantCulture), Judge.Query(copy, "SELECT count(*) FROM orders"));
    }

    private static ToolRun Demo(TempFolder folder, params string[] options)
    {
        using Process process = ToolRun.Start(
            "env", [$"TMPDIR={folder.Path}", $"TMP={folder.Path}", Build.Tool, "demo", .. options]);
        process.StandardInput.Close();
        return ToolRun.Finish(process);
    }

    private static long Number(ToolRun run, string fact)
    {
        Match match = Regex.Match(run.Output, Regex.Escape(fact) + " +([0-9,]+)");
        Assert.True(match.Success, $"'{fact}' is not in: {run.Output}");
        return long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }
}
