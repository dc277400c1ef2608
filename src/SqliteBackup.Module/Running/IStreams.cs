using System.Management.Automation;

namespace SqliteBackup.Running;

/// <summary>Where a command's output goes. Only the pipeline thread may write to it.</summary>
internal interface IStreams
{
    /// <summary>Whether anybody hears what is verbose. Any thread may ask.</summary>
    bool WantsVerbose { get; }

    void WriteObject(object value);

    void WriteError(ErrorRecord error);

    void WriteWarning(string text);

    void WriteVerbose(string text);

    void WriteProgress(ProgressRecord record);
}
