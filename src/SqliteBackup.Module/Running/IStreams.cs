using System.Management.Automation;

namespace SqliteBackup.Running;

/// <summary>Where a command's output goes. Only the pipeline thread may use it.</summary>
internal interface IStreams
{
    void WriteObject(object value);

    void WriteError(ErrorRecord error);

    void WriteWarning(string text);

    void WriteVerbose(string text);

    void WriteProgress(ProgressRecord record);
}
