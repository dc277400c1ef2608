using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace SqliteBackup.Pester;

/// <summary>Runs one file in a PowerShell of its own.</summary>
internal static class PesterFile
{
    /// <summary>Far beyond the slowest file on a busy machine; only what hangs meets it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static string PesterModule { get; } = typeof(PesterFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "PesterModule").Value!;

    public static async Task<PesterOutcome[]> RunAsync(string file, CancellationToken cancel)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sqlitebackup-pester-");
        try
        {
            string result = Path.Combine(folder.FullName, "result.json");
            (int exitCode, string output) = await RunShellAsync(file, result, folder.FullName, cancel);
            PesterOutcome[] outcomes = File.Exists(result) ? JsonSerializer.Deserialize<PesterOutcome[]>(await File.ReadAllTextAsync(result, cancel))! : [];
            return outcomes.Length > 0 && exitCode == 0
                ? outcomes
                : [.. outcomes, new PesterOutcome(Path.GetFileName(file), "Failed", $"PowerShell ended with {exitCode} and {outcomes.Length} results:\n{output}")];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunShellAsync(string file, string result, string folder, CancellationToken cancel)
    {
        ProcessStartInfo start = PowerShellStart.Plain(
            "-File", Path.Combine(AppContext.BaseDirectory, "Invoke-PesterFile.ps1"), "-PesterModule", PesterModule, "-Path", file, "-ResultPath", result);
        start.WorkingDirectory = folder;
        // Not the running backups of anybody else.
        start.Environment["SQLITEBACKUP_STATE"] = Path.Combine(folder, "state");

        using Process process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (process.ExitCode, await output + await error);
    }
}
