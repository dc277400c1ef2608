using System.Diagnostics;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>A command line of the module in a process of its own.</summary>
internal sealed class ModuleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Task<string> _output;

    /// <summary>Runs a command line after importing the module.</summary>
    /// <param name="folder">Where it stands.</param>
    /// <param name="command">What it runs.</param>
    /// <param name="state">Its state folder, if that is not to be the one of this run of the tests.</param>
    public ModuleProcess(string folder, string command, string? state = null)
        : this(PowerShellStart.WithModule(command), folder, state is null ? [] : [("SQLITEBACKUP_STATE", state)])
    {
    }

    /// <summary>Starts a program.</summary>
    public ModuleProcess(ProcessStartInfo start, string folder, params IEnumerable<(string Name, string Value)> environment)
    {
        start.WorkingDirectory = folder;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _error = _process.StandardError.ReadToEndAsync();
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public string Error => _error.Result;

    public string Output => _output.Result;

    public int Join()
    {
        Assert.True(_process.WaitForExit(Patience), "The process did not end.");
        return _process.ExitCode;
    }

    /// <summary>As kill -9 does.</summary>
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
}
