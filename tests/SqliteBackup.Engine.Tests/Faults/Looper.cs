using System.Diagnostics;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A second process that backs up or restores a database, again and again or when it is asked, until it is killed.</summary>
internal sealed class Looper : IDisposable
{
    private readonly Process _process;

    private Looper(Process process) => _process = process;

    /// <summary>Starts it and waits until it works.</summary>
    public static Looper Start(string database, string shellPrefix = "exec ", string mode = "backup-loop")
    {
        Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"{shellPrefix}dotnet '{BuildPaths.Writer}' '{database}' {mode} 0 0"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        string? line = process.StandardOutput.ReadLine();
        return line == "ready" ? new Looper(process) : throw new InvalidOperationException($"{line} {process.StandardError.ReadToEnd()}");
    }

    /// <summary>The most memory that the process had resident so far, on Linux.</summary>
    public long PeakBytes => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':', 'k')[1],
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Has one round done, in the modes that do rounds.</summary>
    /// <returns>Its answer: done, or an error.</returns>
    public string Ask(string round)
    {
        Send(round);
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_process.StandardError.ReadToEnd());
    }

    /// <summary>Has one round done, and measures it.</summary>
    public TimeSpan Measure(string round)
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal("done", Ask(round));
        return watch.Elapsed;
    }

    /// <summary>Has a round begun and kills the process with SIGKILL after the given time.</summary>
    /// <returns>Whether the round was still under way.</returns>
    public bool Kill(string round, TimeSpan after)
    {
        var watch = Stopwatch.StartNew();
        Send(round);
        SpinWait.SpinUntil(() => watch.Elapsed >= after);
        Assert.False(_process.HasExited, "The process ended by itself.");
        _process.Kill();
        _process.WaitForExit();
        string answer = _process.StandardOutput.ReadToEnd();
        Assert.True(answer is "" or "done\n", answer);
        return answer.Length == 0;
    }

    /// <summary>Has one round begun that the process does not outlive.</summary>
    /// <returns>Its exit code.</returns>
    public int AskForTheLast(string round)
    {
        Send(round);
        Join();
        return _process.ExitCode;
    }

    /// <summary>Has one round done of which the process does not outlive the n-th change to its store, where it makes as many.</summary>
    /// <returns>Whether it ended in the round.</returns>
    public bool EndBefore(string round, int change)
    {
        Send($"{round}|{change}");
        string? answer = _process.StandardOutput.ReadLine();
        Assert.True(answer is null or "done", answer);
        return answer is null;
    }

    private void Send(string round)
    {
        _process.StandardInput.WriteLine(round);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until it has killed itself.</summary>
    public void Join() => Assert.True(_process.WaitForExit(TimeSpan.FromMinutes(2)), "The process did not end.");

    /// <summary>Kills it with SIGKILL.</summary>
    public void Dispose()
    {
        const int Signalled = 128;
        Assert.False(_process.HasExited && _process.ExitCode <= Signalled, _process.HasExited ? _process.StandardError.ReadToEnd() : "");
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
