using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SqliteBackup.Tool.CommandLine;
using SqliteBackup.Tool.Progress;

namespace SqliteBackup.Tool.Hosting;

/// <summary>The PowerShell engine with the module imported, for the length of one script.</summary>
internal sealed class ShellSession : IDisposable
{
    private const int ExitError = 1;
    private const int ExitOutputLost = 141;

    private readonly StandardStreams _streams;
    private readonly OutputFormat _format;
    private readonly SpectreProgress? _progress;
    private readonly ToolHost _host;
    private readonly Runspace _runspace;
    private bool _errorWritten;

    /// <exception cref="ToolException">The module cannot be imported.</exception>
    public ShellSession(StandardStreams streams, OutputFormat format, bool mayAsk)
    {
        _streams = streams;
        _format = format;
        if (streams.OutputTakesStyles)
        {
            _progress = new SpectreProgress(streams.Terminal);
            streams.BeforeText = _progress.Hide;
        }
        else
        {
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }

        _host = new ToolHost(new ToolHostUserInterface(streams, format, new Questions(streams, mayAsk), _progress));

        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.ImportPSModule([ModulePath]);

        // The engine's own pages through commands that it does not have.
        state.Commands.Remove("help", typeof(SessionStateFunctionEntry));
        state.Commands.Add(new SessionStateFunctionEntry("help", "Get-Help @args"));
        if (OperatingSystem.IsWindows())
        {
            // What pwsh has by default there; without it the engine would refuse the module's own script.
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        try
        {
            _runspace.Open();
        }
        catch (RuntimeException error)
        {
            _runspace.Dispose();
            throw new ToolException(
                $"The module in '{Path.GetDirectoryName(ModulePath)}' cannot be imported: {error.Message} Install the tool again.");
        }
    }

    private static string ModulePath { get; } = Path.Combine(AppContext.BaseDirectory, "SqliteBackup", "SqliteBackup.psd1");

    /// <summary>Runs <paramref name="script"/> to its end.</summary>
    /// <param name="script">The script.</param>
    /// <param name="receive">Gets each result instead of standard output.</param>
    /// <returns>The exit code for the process.</returns>
    public int Run(ShellScript script, Action<PSObject>? receive = null)
    {
        if (script.Errors.Count > 0)
        {
            WriteError(ErrorText.Of(script.Errors));
            return ExitError;
        }

        using PowerShell shell = PowerShell.Create(_runspace);
        shell.Streams.Error.DataAdded += (_, _) => WriteErrors(shell.Streams.Error.ReadAll());

        using PipelineStop stop = new(shell);
        using StopSignals signals = new(stop.Request, () => _progress?.ShowCursor());
        void StopAsOutputIsLost() => stop.Request(ExitOutputLost);
        _streams.OutputLost += StopAsOutputIsLost;

        try
        {
            ScriptRequirementCheck.Demand(script.Requirements, _runspace);
            script.AddTo(shell, _runspace);
            using PSDataCollection<PSObject> results = [];
            if (receive is null && _format == OutputFormat.Text)
            {
                shell.AddCommand("Out-Default");
            }
            else
            {
                receive ??= result => _streams.WriteLine(JsonLines.Line(result));
                results.DataAdded += (_, _) =>
                {
                    foreach (PSObject result in results.ReadAll())
                    {
                        receive(result);
                    }
                };
            }

            if (stop.ExitCode is null)
            {
                shell.Invoke(Input(script), results);
            }
        }
        catch (PipelineStoppedException)
        {
            // Asked for; the exit code says by what.
        }
        catch (RuntimeException error)
        {
            WriteErrors([error.ErrorRecord]);
        }
        finally
        {
            _streams.OutputLost -= StopAsOutputIsLost;
            _progress?.Hide();
        }

        return stop.ExitCode ?? _host.RequestedExitCode ?? (_errorWritten ? ExitError : 0);
    }

    public void Dispose()
    {
        _progress?.Dispose();
        _streams.BeforeText = null;
        _runspace.Dispose();
    }

    private static IEnumerable<string> Input(ShellScript script) =>
        script.ReadsInput && Console.IsInputRedirected ? StandardStreams.ReadInputLines() : [];

    private void WriteErrors(IEnumerable<ErrorRecord> errors)
    {
        foreach (ErrorRecord error in errors)
        {
            WriteError(ErrorText.Of(error));
        }
    }

    private void WriteError(string text)
    {
        _errorWritten = true;
        _streams.WriteErrorLine(text, PSStyle.Instance.Formatting.Error);
    }
}
