using System.Management.Automation;

namespace SqliteBackup.Commands;

/// <summary>What all commands share: names of files are data, so none of them reaches a screen with control characters in it.</summary>
public abstract class DatabaseCommand : PSCmdlet
{
    private protected new void WriteWarning(string text) => base.WriteWarning(VisibleText.Of(text));

    private protected new void WriteVerbose(string text) => base.WriteVerbose(VisibleText.Of(text));

    private protected new bool ShouldProcess(string target, string action) => base.ShouldProcess(VisibleText.Of(target), VisibleText.Of(action));
}
