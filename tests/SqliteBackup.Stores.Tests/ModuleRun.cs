using System.Diagnostics;

namespace SqliteBackup.Stores.Tests;

/// <summary>The module in a real pwsh, which logs in to a server of the tests.</summary>
internal sealed class ModuleRun : IDisposable
{
    private readonly TempFolder _state = new();
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    /// <summary>Starts a command line.</summary>
    /// <param name="command">What it runs.</param>
    /// <param name="environment">Who logs in.</param>
    /// <param name="through">A program that starts it, with arguments of its own; or none.</param>
    public ModuleRun(string command, IReadOnlyDictionary<string, string> environment, params string[] through)
    {
        ProcessStartInfo start = PowerShellStart.WithModule($"$ErrorActionPreference = 'Stop'; {command}");
        if (through.Length > 0)
        {
            string[] all = [.. through, start.FileName, .. start.ArgumentList];
            start.FileName = all[0];
            start.ArgumentList.Clear();
            foreach (string argument in all.Skip(1))
            {
                start.ArgumentList.Add(argument);
            }
        }

        start.Environment["SQLITEBACKUP_STATE"] = _state.Path;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>What it wrote.</returns>
    public (int ExitCode, string Output, string Error) Join()
    {
        _process.WaitForExit();
        return (_process.ExitCode, _output.Result, _error.Result);
    }

    /// <summary>As kill -9 does, once something has happened; what it does before ends the test with what it said.</summary>
    public async Task KillAfter(Task happened)
    {
        Task ended = _process.WaitForExitAsync();
        Assert.True(await Task.WhenAny(happened, ended) == happened, $"It ended by itself: {(ended.IsCompleted ? $"{_output.Result} {_error.Result}" : "")}");
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _state.Dispose();
    }
}
