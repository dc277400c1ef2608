using System.Management.Automation;

namespace SqliteBackup.Running;

/// <summary>The streams of a job, which Receive-Job reads. Any thread may write to them; once they are closed, nothing more is heard.</summary>
internal sealed class JobStreams(Job job) : IStreams
{
    private readonly object _gate = new();
    private bool _isClosed;

    /// <summary>Whether there is something that nobody received.</summary>
    public bool HasData =>
        job.Output.Count > 0 || job.Error.Count > 0 || job.Warning.Count > 0 || job.Verbose.Count > 0 || job.Progress.Count > 0;

    public bool WantsVerbose => true;

    public void WriteObject(object value) => Write(job.Output, PSObject.AsPSObject(value));

    public void WriteError(ErrorRecord error) => Write(job.Error, error);

    public void WriteWarning(string text) => Write(job.Warning, new WarningRecord(VisibleText.Of(text)));

    public void WriteVerbose(string text) => Write(job.Verbose, new VerboseRecord(VisibleText.Of(text)));

    public void WriteProgress(ProgressRecord record) => Write(job.Progress, record);

    /// <summary>Says that nothing more will come, so that nobody who reads them waits for it.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            job.Output.Complete();
            job.Error.Complete();
            job.Warning.Complete();
            job.Verbose.Complete();
            job.Progress.Complete();
            job.Debug.Complete();
            job.Information.Complete();
        }
    }

    private void Write<T>(PSDataCollection<T> stream, T value)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                stream.Add(value);
            }
        }
    }
}
