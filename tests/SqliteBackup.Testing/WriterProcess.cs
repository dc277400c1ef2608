using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SqliteBackup.Testing;

/// <summary>The writer, as a real second process. It ends with the test, whatever happens.</summary>
public sealed class WriterProcess : IDisposable
{
    private readonly Process _process;

    private WriterProcess(Process process) => _process = process;

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a writer and waits until it works.</summary>
    /// <param name="database">The database.</param>
    /// <param name="mode">What it does: see the writer's own modes.</param>
    /// <param name="rate">Commits a second; 0 for back to back.</param>
    /// <param name="busyTimeoutMilliseconds">Its own busy timeout.</param>
    public static WriterProcess Start(string database, string mode = "insert", double rate = 100, int busyTimeoutMilliseconds = 5000)
    {
        Process process = Launch(database, mode, rate, busyTimeoutMilliseconds);
        string? line = process.StandardOutput.ReadLine();
        if (line != "ready")
        {
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            throw new InvalidOperationException($"The writer ({mode}) did not start: {line} {error}");
        }

        return new WriterProcess(process);
    }

    /// <summary>Runs a mode that ends by killing itself: crash-wal or crash-journal.</summary>
    public static void Crash(string database, string mode)
    {
        using Process process = Launch(database, mode, 0, 5000);
        process.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        if (error.Length > 0)
        {
            throw new InvalidOperationException($"The writer ({mode}) failed instead of crashing: {error}");
        }
    }

    /// <summary>Tests a file as a backup in a process of its own, which is killed when it takes longer than the bound.</summary>
    public static BackupTestReport TestBackup(string path, TimeSpan bound)
    {
        using Process process = Launch(path, "test", 0, 0);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(bound))
        {
            process.Kill();
            throw new TimeoutException($"The test of '{path}' did not end within {bound}.");
        }

        return error.Result.Length == 0 && JsonSerializer.Deserialize<BackupTestReport>(output.Result) is BackupTestReport report
            ? report
            : throw new InvalidOperationException($"The test of '{path}' failed: {output.Result} {error.Result}");
    }

    /// <summary>Ends the writer.</summary>
    public WriterReport Stop()
    {
        _process.StandardInput.Close();
        string output = _process.StandardOutput.ReadToEnd();
        string error = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        return error.Length == 0 && JsonSerializer.Deserialize<WriterReport>(output) is WriterReport report
            ? report
            : throw new InvalidOperationException($"The writer failed: {output} {error}");
    }

    /// <summary>Kills the writer, as kill -9 does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private static Process Launch(string database, string mode, double rate, int busyTimeoutMilliseconds)
    {
        var start = new ProcessStartInfo(BuildPaths.WriterCommand[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            .. BuildPaths.WriterCommand.Skip(1),
            database,
            mode,
            rate.ToString(CultureInfo.InvariantCulture),
            busyTimeoutMilliseconds.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}

/// <summary>What a writer did.</summary>
public sealed record WriterReport(
    long Commits, long Errors, string? FirstError, double MedianMilliseconds, double P99Milliseconds, double MaxMilliseconds);

/// <summary>What came of a test of a backup.</summary>
/// <param name="Status">Ok, Corrupt or Unchecked.</param>
/// <param name="Findings">What was found.</param>
/// <param name="PeakBytes">The most memory that the process had resident.</param>
public sealed record BackupTestReport(string Status, IReadOnlyList<string> Findings, long PeakBytes);
