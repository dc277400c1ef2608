using System.ComponentModel;
using System.Diagnostics;

namespace SqliteBackup.Schedules;

/// <summary>The programs by which schedulers are spoken to: systemctl, crontab, launchctl, schtasks.</summary>
internal static class SchedulerProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs one.</summary>
    /// <param name="command">Its name and its arguments.</param>
    /// <param name="input">What it reads, or null.</param>
    /// <param name="isRefusalFine">Whether it may end with an error, which then is no output.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="SqliteBackupException">It is missing, hung, or ended with an error.</exception>
    public static string Run(IReadOnlyList<string> command, string? input = null, bool isRefusalFine = false)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                throw Failed(command, $"It did not end within {Patience.TotalSeconds:0} seconds.");
            }

            return process.ExitCode == 0 ? output.Result : isRefusalFine ? "" : throw Failed(command, $"{error.Result}{output.Result}".Trim());
        }
        catch (Win32Exception exception)
        {
            throw Failed(command, exception.Message);
        }
    }

    private static SqliteBackupException Failed(IReadOnlyList<string> command, string why) => new(
        BackupFailure.BackupFailed, command[0], $"'{string.Join(' ', command)}' failed: {why} Check that the scheduler runs here, or choose another with -Kind; -AsText shows what would be installed.");
}
