using System.Management.Automation;

namespace SqliteBackup.Running;

/// <summary>The child job of a backup that could not even be begun.</summary>
internal sealed class FailedJob : Job
{
    private readonly JobStreams _streams;

    public FailedJob(string command, string target, ErrorRecord error)
        : base(command, Path.GetFileName(target))
    {
        PSJobTypeName = BackupJob.TypeName;
        Location = target;
        _streams = new JobStreams(this);
        _streams.WriteError(error);
        _streams.Close();
        SetJobState(JobState.Failed);
    }

    public override string StatusMessage => nameof(JobState.Failed);

    public override bool HasMoreData => _streams.HasData;

    public override string Location { get; }

    public override void StopJob()
    {
    }
}
