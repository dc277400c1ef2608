using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>
/// A batch of backups or restores as a PowerShell job in this process, with a child job for each database. A thread of its own does what the pipeline's
/// thread does for a command in the foreground.
/// </summary>
internal sealed class BackupJob : Job
{
    public const string TypeName = "SqliteBackupJob";

    private readonly JobStreams _streams;
    private readonly ProgressReporter _progress;
    private readonly WorkDispatcher _dispatcher;
    private readonly List<DatabaseJob> _databases = [];
    private IDisposable? _owned;
    private bool _isStarted;
    private bool _isDisposed;

    public BackupJob(string command, int limit, string activity)
        : base(command)
    {
        PSJobTypeName = TypeName;
        _streams = new JobStreams(this);
        _progress = new ProgressReporter(WriteProgress) { Activity = activity };
        _dispatcher = new WorkDispatcher(limit, _progress);
    }

    public override string StatusMessage => $"{ChildJobs.Count(IsOver)} of {ChildJobs.Count} ended";

    public override bool HasMoreData => _streams.HasData || ChildJobs.Any(child => child.HasMoreData);

    public override string Location => Environment.MachineName;

    /// <summary>Adds a database, with the work that makes its child job.</summary>
    public void Add(string database, Func<IStreams, ProgressReporter, SteeredWork> create)
    {
        var child = new DatabaseJob(Command, database, streams => create(streams, _progress));
        _databases.Add(child);
        ChildJobs.Add(child);
    }

    /// <summary>Adds what could not even be begun: whoever looks at the job finds it there.</summary>
    public void AddFailure(ErrorRecord error, string target) => ChildJobs.Add(new FailedJob(Command, target, error));

    /// <summary>Takes over what its backups use, and disposes of it when they have ended.</summary>
    public void Own(IDisposable? owned) => _owned = owned;

    /// <summary>Begins the backups.</summary>
    /// <param name="session">Whose job it is: when it closes, the job is stopped.</param>
    public void Start(Runspace session)
    {
        _isStarted = true;
        session.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
            {
                StopJob();
            }
        };
        SetJobState(JobState.Running);
        new Thread(Pump) { IsBackground = true, Name = "SqliteBackup job" }.Start();
    }

    public override void StopJob()
    {
        _dispatcher.Stop();
        if (_isStarted)
        {
            Finished.WaitOne();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            StopJob();
            if (!_isStarted)
            {
                _databases.ForEach(child => child.Drop());
            }

            foreach (Job child in ChildJobs)
            {
                child.Dispose();
            }

            _dispatcher.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsOver(Job job) => job.JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped;

    private void Pump()
    {
        try
        {
            foreach (DatabaseJob child in _databases)
            {
                _dispatcher.Add(child);
            }

            _dispatcher.Complete();
        }
        finally
        {
            bool wasStopped = _dispatcher.IsStopping;

            // What a stopped dispatcher no longer writes may have been a child's end.
            foreach (DatabaseJob child in _databases)
            {
                child.Finish();
            }

            _owned?.Dispose();
            _streams.Close();
            SetJobState(
                wasStopped || ChildJobs.All(child => child.JobStateInfo.State == JobState.Stopped) ? JobState.Stopped
                : ChildJobs.Any(child => child.JobStateInfo.State == JobState.Failed) ? JobState.Failed
                : JobState.Completed);
        }
    }

    private void WriteProgress(ProgressRecord record)
    {
        // Rows of databases are numbered from 1, in the order in which they were added; the batch's is 0.
        JobStreams owner = record.ActivityId == 0 ? _streams : _databases[record.ActivityId - 1].Streams;
        owner.WriteProgress(record);
    }
}
