using System.Management.Automation.Language;

namespace SqliteBackup.Schedules;

/// <summary>The command line that a scheduler starts: this very PowerShell and this very module, whatever is installed later.</summary>
/// <param name="Program">The full path of pwsh, or of dotnet.</param>
/// <param name="Leading">What dotnet takes before pwsh's own arguments: the path of pwsh.dll.</param>
/// <param name="Module">The full path of the module's manifest.</param>
internal sealed record RunCommand(string Program, IReadOnlyList<string> Leading, string Module)
{
    /// <summary>Finds what runs this session.</summary>
    /// <param name="chosen">The path of a pwsh that the user chose, or null.</param>
    /// <param name="psHome">The folder of this session's PowerShell.</param>
    public static RunCommand Find(string? chosen, string psHome)
    {
        // bin/SqliteBackup.dll, beside the manifest's folder.
        string module = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(typeof(RunCommand).Assembly.Location)!)!, "SqliteBackup.psd1");
        string own = Path.Combine(psHome, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        string running = Environment.ProcessPath ?? "pwsh";
        return chosen is not null ? new RunCommand(chosen, [], module)
            : Path.GetFileNameWithoutExtension(running) == "pwsh" ? new RunCommand(running, [], module)
            : File.Exists(own) ? new RunCommand(own, [], module)
            : new RunCommand(running, [Path.Combine(psHome, "pwsh.dll")], module);
    }

    /// <summary>Its arguments.</summary>
    /// <param name="spec">What it runs.</param>
    /// <param name="delays">Whether it waits for the random delay itself, as the scheduler knows none.</param>
    public IReadOnlyList<string> Arguments(ScheduleSpec spec, bool delays)
    {
        string wait = delays && spec.RandomDelay > TimeSpan.Zero ? $"Start-Sleep -Seconds (Get-Random -Maximum {(int)spec.RandomDelay.TotalSeconds}); " : "";
        return [.. Leading, "-NoProfile", "-NonInteractive", "-Command", $"{wait}Import-Module {Quote(Module)}; Invoke-SqliteBackupPlan {Quote(spec.Plan)}"];
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
