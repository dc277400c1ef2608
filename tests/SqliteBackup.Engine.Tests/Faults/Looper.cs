using System.Diagnostics;
using System.Reflection;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A second process that backs a database up again and again, into out beside it, until it is killed.</summary>
internal sealed class Looper : IDisposable
{
    private readonly Process _process;

    private Looper(Process process) => _process = process;

    /// <summary>Starts it and waits until it works.</summary>
    public static Looper Start(string database, string shellPrefix = "exec ", string mode = "backup-loop")
    {
        Process process = Launch(database, shellPrefix, mode);
        string? line = process.StandardOutput.ReadLine();
        return line == "ready" ? new Looper(process) : throw new InvalidOperationException($"{line} {process.StandardError.ReadToEnd()}");
    }

    /// <summary>Backs up once in a second process.</summary>
    /// <returns>"ok", or the failure and its message.</returns>
    public static string RunOnce(string database, string destination, string shellPrefix)
    {
        using Process process = Launch(database, shellPrefix, $"backup:{destination}");
        string answer = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? answer.Trim() : $"ended with {process.ExitCode}: {error}";
    }

    /// <summary>Waits until it has killed itself.</summary>
    public void Join() => Assert.True(_process.WaitForExit(TimeSpan.FromMinutes(2)), "The process did not end.");

    /// <summary>Kills it with SIGKILL.</summary>
    public void Dispose()
    {
        Assert.False(_process.HasExited && _process.ExitCode != 137, _process.HasExited ? _process.StandardError.ReadToEnd() : "");
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Launch(string database, string shellPrefix, string mode)
    {
        string folder = typeof(TempFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "WriterFolder").Value!;
        string program = Path.Combine(folder, "SqliteBackup.Writer.dll");
        return Process.Start(
            new ProcessStartInfo("sh", ["-c", $"{shellPrefix}dotnet '{program}' '{database}' '{mode}' 0 0"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
    }
}
