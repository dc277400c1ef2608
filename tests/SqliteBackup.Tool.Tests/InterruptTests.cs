using System.Diagnostics;
using SqliteBackup.Testing;

namespace SqliteBackup.Tool.Tests;

public sealed class InterruptTests
{
    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void A_signal_ends_a_backup_cleanly(string signal, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using TempFolder folder = new();
        string database = new SampleDatabase { Megabytes = 2 }.Create(folder["app.db"]);
        using Process process = ToolRun.Start(
            Build.Tool, "Backup-SqliteDatabase", database, folder["backups"] + "/", "-PagesPerStep", "1", "-StepDelayMilliseconds", "100");
        WaitFor(() => folder.Files("backups").Any(name => name.Contains(".partial-", StringComparison.Ordinal)));

        Kill(signal, process);
        ToolRun run = ToolRun.Finish(process);
        Assert.Equal((expected, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(folder.Files("backups"));
    }

    [Fact]
    public void A_second_signal_ends_what_cannot_be_stopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using Process process = ToolRun.Start(Build.Tool, "-c", "'begun'; [System.Threading.Thread]::Sleep(50000)");
        Assert.Equal("begun", process.StandardOutput.ReadLine());
        Kill("INT", process);
        Assert.False(process.WaitForExit(TimeSpan.FromSeconds(0.5)), "The first signal asks for a stop and waits for it.");

        long begun = Stopwatch.GetTimestamp();
        Kill("INT", process);
        Assert.Equal(130, ToolRun.Finish(process).ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_reader_that_goes_away_ends_it_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a POSIX shell.");
        using Process process = ToolRun.Start("/bin/sh", "-c", $"'{Build.Tool}' -c 'for ($i = 1; ; $i++) {{ $i }}' | head -n 1");
        ToolRun run = ToolRun.Finish(process);
        Assert.Equal((0, "1", ""), (run.ExitCode, run.Output.Trim(), run.Error));
    }

    private static void Kill(string signal, Process process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private static void WaitFor(Func<bool> condition)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20), "The backup did not begin.");
            Thread.Sleep(20);
        }
    }
}
