using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using SqliteBackup.Tool.CommandLine;
using SqliteBackup.Tool.Progress;

namespace SqliteBackup.Tool.Hosting;

/// <summary>
/// Where the engine's words go. Results: standard output, or where that carries JSON standard error. Errors, warnings, verbose and
/// debug lines: standard error.
/// </summary>
internal sealed class ToolHostUserInterface(StandardStreams streams, OutputFormat format, Questions questions, SpectreProgress? progress)
    : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ToolHostRawUserInterface(streams);

    public override bool SupportsVirtualTerminal => streams.OutputTakesStyles;

    /// <summary>Takes away what is drawn live, before another program writes.</summary>
    public void MakeWay() => progress?.Hide();

    public override void Write(string value)
    {
        if (format == OutputFormat.Json)
        {
            streams.WriteErrorText(value);
        }
        else
        {
            streams.Write(value);
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => streams.WriteErrorLine(value, PSStyle.Instance.Formatting.Error);

    public override void WriteWarningLine(string message) =>
        streams.WriteErrorLine("WARNING: " + message, PSStyle.Instance.Formatting.Warning);

    public override void WriteVerboseLine(string message) =>
        streams.WriteErrorLine("VERBOSE: " + message, PSStyle.Instance.Formatting.Verbose);

    public override void WriteDebugLine(string message) =>
        streams.WriteErrorLine("DEBUG: " + message, PSStyle.Instance.Formatting.Debug);

    public override void WriteProgress(long sourceId, ProgressRecord record) => progress?.Show(sourceId, record);

    public override string ReadLine() => questions.ReadLine();

    public override SecureString ReadLineAsSecureString() => questions.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, System.Collections.ObjectModel.Collection<FieldDescription> descriptions) =>
        questions.AskFields(caption, message, descriptions);

    public override int PromptForChoice(
        string caption, string message, System.Collections.ObjectModel.Collection<ChoiceDescription> choices, int defaultChoice) =>
        questions.AskChoice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        questions.AskCredential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => questions.AskCredential(caption, message, userName);
}
