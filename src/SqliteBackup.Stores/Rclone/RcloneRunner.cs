using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using SqliteBackup.Storage;

namespace SqliteBackup.Stores.Rclone;

/// <summary>Runs an installed rclone. What it needs to know of secrets is in its own configuration: none is ever among its arguments.</summary>
internal sealed class RcloneRunner(StoreLocation root, StoreSettings settings)
{
    private readonly string _program = settings.Options.Get(StoreOptions.Program) ?? "rclone";

    /// <summary>Runs a command to its end.</summary>
    /// <param name="name">The file that it is about, for messages.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="RcloneException">It failed.</exception>
    public string Run(string name, string[] arguments, Stream? input, CancellationToken cancellationToken)
    {
        using RcloneProcess process = Start(name, arguments, input is not null, cancellationToken);
        Task<string> output = process.Output.ReadToEndAsync(CancellationToken.None);
        if (input is not null)
        {
            process.Feed(input);
        }

        process.WaitForSuccess();
        return output.GetAwaiter().GetResult();
    }

    /// <summary>Starts a command.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.StoreRefused"/>: rclone is not installed.</exception>
    public RcloneProcess Start(string name, string[] arguments, bool hasInput, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        string timeout = $"{Math.Max(1, (int)settings.Timeout.TotalSeconds)}s";
        string[] common =
        [
            .. settings.Options.Get(StoreOptions.ConfigFile) is string config ? (string[])["--config", config] : [],
            "--ask-password=false", "--retries", "1", "--low-level-retries", "3", "--timeout", timeout, "--contimeout", timeout, "--log-level", "ERROR", "--stats", "0",
        ];
        foreach (string argument in arguments.Take(1).Concat(common).Concat(arguments.Skip(1)))
        {
            start.ArgumentList.Add(argument);
        }

        // rclone fails with it on stores that have nothing to do with Amazon.
        start.Environment.Remove("AWS_CA_BUNDLE");
        try
        {
            Process process = Process.Start(start)!;
            if (!hasInput)
            {
                process.StandardInput.Close();
            }

            return new RcloneProcess(process, cancellationToken);
        }
        catch (Win32Exception exception)
        {
            throw StoreErrors.Refused(
                root.Combine(name).ToString(), $"'{_program}' can't be started ({exception.Message})", "Install rclone (https://rclone.org/install/), or name the program with -StoreOption @{ Program = '...' }.", exception);
        }
    }
}
