using System.Diagnostics;
using System.Globalization;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks;

/// <summary>Runs a command in a PowerShell of its own that has the module, and says what it took.</summary>
internal static class MeasuredShell
{
    // The process says its own peak as its last act: a poll from outside could miss it.
    private const string Peak = "[System.IO.File]::ReadAllLines('/proc/self/status') -match 'VmHWM' -replace '[^0-9]'";

    /// <summary>Runs a command that prints nothing.</summary>
    /// <returns>Seconds from start to end, and the largest resident size.</returns>
    public static (double Seconds, double PeakMegabytes) Run(string command)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(PowerShellStart.WithModule($"$ErrorActionPreference = 'Stop'; {command}; {Peak}"))!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (clock.Elapsed.TotalSeconds, double.Parse(output.Trim(), CultureInfo.InvariantCulture) / 1024)
            : throw new InvalidOperationException($"pwsh -Command \"{command}\" ended with {process.ExitCode}: {error.Result.Trim()}");
    }
}
