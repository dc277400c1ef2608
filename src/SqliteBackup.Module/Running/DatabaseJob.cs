using System.Management.Automation;

namespace SqliteBackup.Running;

/// <summary>The child job of one database. Its streams are filled before its state says that it is over.</summary>
internal sealed class DatabaseJob : Job, IWork
{
    private readonly object _gate = new();
    private readonly SteeredWork _work;

    /// <param name="command">The command line that began it.</param>
    /// <param name="database">The full path of the database.</param>
    /// <param name="create">Makes the work, given the job's streams.</param>
    public DatabaseJob(string command, string database, Func<IStreams, SteeredWork> create)
        : base(command, Path.GetFileName(database))
    {
        PSJobTypeName = BackupJob.TypeName;
        Streams = new JobStreams(this);
        _work = create(Streams);
        Location = database;
    }

    public JobStreams Streams { get; }

    public override string StatusMessage => _work.Outcome is BackupState.Queued ? "" : _work.Outcome.ToString();

    public override bool HasMoreData => Streams.HasData || !IsOver;

    public override string Location { get; }

    public bool IsOver => JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped;

    public Task? Run(Action<Action> post, CancellationToken cancellationToken)
    {
        Enter(JobState.Running);
        Task? waiting = _work.Run(post, cancellationToken);
        if (waiting is null)
        {
            post(Finish);
        }

        return waiting;
    }

    public void Conclude(Action<Action> post, CancellationToken cancellationToken)
    {
        _work.Conclude(post, cancellationToken);
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
