using System.Management.Automation;

namespace SqliteBackup.Pipeline;

/// <summary>The streams of a job, which Receive-Job reads. Any thread may write to them.</summary>
internal sealed class JobStreams(Job job) : IStreams
{
    public void WriteObject(object value) => job.Output.Add(PSObject.AsPSObject(value));

    public void WriteError(ErrorRecord error) => job.Error.Add(error);

    public void WriteWarning(string text) => job.Warning.Add(new WarningRecord(text));

    public void WriteVerbose(string text) => job.Verbose.Add(new VerboseRecord(text));

    public void WriteProgress(ProgressRecord record) => job.Progress.Add(record);

    /// <summary>Whether there is something that nobody received.</summary>
    public static bool HasData(Job job) =>
        job.Output.Count > 0 || job.Error.Count > 0 || job.Warning.Count > 0 || job.Verbose.Count > 0 || job.Progress.Count > 0;

    /// <summary>Says that nothing more will come, so that nobody who reads them waits for it.</summary>
    public static void Close(Job job)
    {
        job.Output.Complete();
        job.Error.Complete();
        job.Warning.Complete();
        job.Verbose.Complete();
        job.Progress.Complete();
        job.Debug.Complete();
        job.Information.Complete();
    }
}
