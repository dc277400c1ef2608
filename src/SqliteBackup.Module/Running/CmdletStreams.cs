using System.Management.Automation;
using System.Management.Automation.Host;

namespace SqliteBackup.Running;

/// <summary>The streams of a running cmdlet. Create it in BeginProcessing.</summary>
internal sealed class CmdletStreams : IStreams
{
    private static long s_lastSourceId = 1L << 32;

    private readonly PSCmdlet _cmdlet;
    private readonly PSHostUserInterface? _ui;
    private readonly bool _isProgressShown;
    private readonly long _sourceId = Interlocked.Increment(ref s_lastSourceId);

    public CmdletStreams(PSCmdlet cmdlet)
    {
        _cmdlet = cmdlet;
        _ui = cmdlet.Host?.UI;
        _isProgressShown = cmdlet.MyInvocation.BoundParameters.TryGetValue("ProgressAction", out object? action)
            ? IsHeard(action)
            : IsHeard(cmdlet.GetVariableValue("ProgressPreference"));
        WantsVerbose = cmdlet.MyInvocation.BoundParameters.TryGetValue("Verbose", out object? verbose)
            ? LanguagePrimitives.IsTrue(verbose)
            : IsHeard(cmdlet.GetVariableValue("VerbosePreference"));
    }

    public bool WantsVerbose { get; }

    public void WriteObject(object value) => _cmdlet.WriteObject(value);

    public void WriteError(ErrorRecord error) => _cmdlet.WriteError(error);

    public void WriteWarning(string text) => _cmdlet.WriteWarning(VisibleText.Of(text));

    public void WriteVerbose(string text) => _cmdlet.WriteVerbose(VisibleText.Of(text));

    public void WriteProgress(ProgressRecord record)
    {
        try
        {
            _cmdlet.CommandRuntime.WriteProgress(_sourceId, record);
        }
        catch (Exception e) when (record.RecordType == ProgressRecordType.Completed
            && e is PipelineStoppedException or InvalidOperationException)
        {
            // A stopped pipeline takes no more records from a cmdlet, and its row would stay on the screen for ever.
            if (_isProgressShown)
            {
                _ui?.WriteProgress(_sourceId, record);
            }
        }
    }

    private static bool IsHeard(object? preference) => !LanguagePrimitives.TryConvertTo(preference, out ActionPreference known)
        || known is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
