using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>The child job that backs up one database. Its streams are filled before its state says that it is over.</summary>
internal sealed class DatabaseJob : Job, IWork
{
    private readonly object _gate = new();
    private readonly BackupWork _work;

    public DatabaseJob(string command, BackupRequest request, ProgressReporter progress)
        : base(command, Path.GetFileName(request.Database))
    {
        PSJobTypeName = BackupJob.TypeName;
        Streams = new JobStreams(this);
        _work = new BackupWork(request, Streams, progress);
        Location = request.Database;
    }

    public JobStreams Streams { get; }

    public override string StatusMessage => _work.Outcome is BackupState.Queued ? "" : _work.Outcome.ToString();

    public override bool HasMoreData => Streams.HasData || !IsOver;

    public override string Location { get; }

    public bool IsOver => JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped;

    public void Run(Action<Action> post, CancellationToken cancellationToken)
    {
        Enter(JobState.Running);
        _work.Run(post, cancellationToken);
        post(Finish);
    }

    public void Drop()
    {
        _work.Drop();
        Finish();
    }

    /// <summary>Says that it is over, however it ended; again does no harm.</summary>
    public void Finish() => Enter(_work.Outcome switch
    {
        BackupState.Completed => JobState.Completed,
        BackupState.Failed => JobState.Failed,
        _ => JobState.Stopped,
    });

    public override void StopJob()
    {
        _work.Stop();
        if (JobStateInfo.State == JobState.NotStarted)
        {
            Enter(JobState.Stopped);
        }

        Finished.WaitOne();
    }

    private void Enter(JobState state)
    {
        lock (_gate)
        {
            if (IsOver)
            {
                return;
            }

            if (state != JobState.Running)
            {
                Streams.Close();
            }

            SetJobState(state);
        }
    }
}
