using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;

namespace SqliteBackup.Plans;

/// <summary>
/// The module's own cmdlets, run in the session of one of them and on its thread. They are named by their class, so that no alias, function or
/// other module comes between.
/// </summary>
internal sealed class OwnCmdlets(Action<string> onWarning, Action<ProgressRecord> onProgress, CancellationToken stopToken)
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="cmdlet">Its class.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="input">What is piped into it, or null.</param>
    /// <exception cref="PipelineStoppedException">The session's command was stopped.</exception>
    public CmdletRun Run(Type cmdlet, IDictionary parameters, IEnumerable? input = null)
    {
        var attribute = (CmdletAttribute)Attribute.GetCustomAttribute(cmdlet, typeof(CmdletAttribute))!;
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(new CmdletInfo($"{attribute.VerbName}-{attribute.NounName}", cmdlet)).AddParameters(parameters).AddParameter("ErrorAction", ActionPreference.Continue);
        var warnings = new List<string>();
        shell.Streams.Warning.DataAdding += (_, added) =>
        {
            warnings.Add(((WarningRecord)added.ItemAdded).Message);
            onWarning(warnings[^1]);
        };
        shell.Streams.Progress.DataAdding += (_, added) => onProgress((ProgressRecord)added.ItemAdded);
        using CancellationTokenRegistration stop = stopToken.Register(() => shell.BeginStop(null, null));
        try
        {
            Collection<PSObject> output = input is null ? shell.Invoke() : shell.Invoke(input);
            return new CmdletRun([.. output], [.. shell.Streams.Error], warnings);
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            return new CmdletRun([], [.. shell.Streams.Error, new ErrorRecord(exception.ErrorRecord, exception)], warnings);
        }
    }

    /// <summary>Runs a script with one argument.</summary>
    public CmdletRun RunScript(string path, object argument)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(path).AddArgument(argument).AddParameter("ErrorAction", ActionPreference.Continue);
        using CancellationTokenRegistration stop = stopToken.Register(() => shell.BeginStop(null, null));
        try
        {
            return new CmdletRun([.. shell.Invoke()], [.. shell.Streams.Error], []);
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            return new CmdletRun([], [new ErrorRecord(exception.ErrorRecord, exception)], []);
        }
    }
}

/// <summary>What came of a cmdlet.</summary>
internal sealed record CmdletRun(IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings)
{
    public IEnumerable<T> Results<T>() => Output.Select(result => result.BaseObject).OfType<T>();
}
