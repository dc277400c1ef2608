using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>A session of the bare PowerShell engine with the staged module imported, as an embedding program has it.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;

    public ModuleSession(bool import = true)
    {
        // Each session has its own state: the default one may be shared.
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.Commands.Add(new SessionStateCmdletEntry("Select-First", typeof(SelectFirstCommand), null));
        if (import)
        {
            state.ImportPSModule([BuildPaths.StagedModule]);
        }

        _runspace = RunspaceFactory.CreateRunspace(Host, state);
        _runspace.Open();
    }

    public RecordingHost Host { get; } = new();

    /// <summary>Runs a script with <c>$args</c> to its end.</summary>
    public RunOutcome Run(string script, params object?[] arguments)
    {
        using PowerShell shell = Create(script, arguments);
        Exception? terminating = null;
        Collection<PSObject> output = [];
        try
        {
            output = shell.Invoke();
        }
        catch (RuntimeException exception)
        {
            terminating = exception;
        }

        return new RunOutcome(output, shell.Streams, terminating);
    }

    /// <summary>A shell in this session for a test that wants to run and stop it by itself.</summary>
    public PowerShell Create(string script, params object?[] arguments)
    {
        var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (object? argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    public void MoveTo(string folder) => _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));

    public void Dispose() => _runspace.Dispose();
}
