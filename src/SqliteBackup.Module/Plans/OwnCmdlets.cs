using System.Collections;
using System.Management.Automation;

namespace SqliteBackup.Plans;

/// <summary>
/// The module's own cmdlets, run in the session of one of them and on its thread. They are named by their class, so that no alias, function or
/// other module comes between.
/// </summary>
internal sealed class OwnCmdlets(Action<string> onWarning, CancellationToken stopToken)
{
    // A nested command's warnings go past its streams to the screen, unless they are made output. Progress may.
    private const string Plain = "param($Cmdlet, $Parameters) & $Cmdlet @Parameters 3>&1";
    private const string Piped = "param($Cmdlet, $Parameters) $input | & $Cmdlet @Parameters 3>&1";

    /// <summary>Runs one to its end.</summary>
    /// <param name="cmdlet">Its class.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="input">What is piped into it, or null.</param>
    /// <exception cref="PipelineStoppedException">The session's command was stopped.</exception>
    public CmdletRun Run(Type cmdlet, IDictionary parameters, IEnumerable? input = null)
    {
        var attribute = (CmdletAttribute)Attribute.GetCustomAttribute(cmdlet, typeof(CmdletAttribute))!;
        var named = new Hashtable(parameters, StringComparer.OrdinalIgnoreCase) { ["ErrorAction"] = ActionPreference.Continue, ["WarningAction"] = ActionPreference.Continue };
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript(input is null ? Plain : Piped, useLocalScope: true)
            .AddArgument(new CmdletInfo($"{attribute.VerbName}-{attribute.NounName}", cmdlet)).AddArgument(named);
        var output = new List<PSObject>();
        var warnings = new List<string>();
        using var results = new PSDataCollection<PSObject>();
        results.DataAdding += (_, added) =>
        {
            var result = (PSObject)added.ItemAdded;
            if (result.BaseObject is WarningRecord warning)
            {
                warnings.Add(warning.Message);
                onWarning(warning.Message);
            }
            else
            {
                output.Add(result);
            }
        };
        using CancellationTokenRegistration stop = stopToken.Register(() => shell.BeginStop(null, null));
        try
        {
            shell.Invoke(input, results, new PSInvocationSettings());
            return new CmdletRun(output, [.. shell.Streams.Error], warnings);
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            return new CmdletRun(output, [.. shell.Streams.Error, new ErrorRecord(exception.ErrorRecord, exception)], warnings);
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
