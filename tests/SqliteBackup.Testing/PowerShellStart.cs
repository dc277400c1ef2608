using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>How the pinned PowerShell is started. The process is the shell itself, not the tool's shim: its id is the shell's and signals reach it.</summary>
public static class PowerShellStart
{
    /// <summary>Runs a command line after importing the staged module.</summary>
    public static ProcessStartInfo WithModule(string command) =>
        Plain("-Command", $"Import-Module '{BuildPaths.StagedModule.Replace("'", "''", StringComparison.Ordinal)}'; {command}");

    /// <summary>Runs it with these arguments, without anybody's profile.</summary>
    public static ProcessStartInfo Plain(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [BuildPaths.PowerShell, "-NoProfile", "-NonInteractive", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["NO_COLOR"] = "1";
        return start;
    }
}
