using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>What a command has to do for each database: done while the command runs or, with -AsJob, in a job that the command writes at its end.</summary>
/// <param name="cmdlet">The command. Its streams take what comes of the work.</param>
/// <param name="activity">What its progress rows are headed, such as "Restoring".</param>
/// <param name="limit">How many databases at once.</param>
/// <param name="asJob">Whether a job does it.</param>
/// <param name="stopToken">Stops what runs in the foreground.</param>
internal sealed class CommandWork(PSCmdlet cmdlet, string activity, int limit, bool asJob, CancellationToken stopToken) : IDisposable
{
    private readonly CmdletStreams _streams = new(cmdlet);
    private BackupJob? _job;
    private WorkDispatcher? _dispatcher;
    private ProgressReporter? _progress;

    private BackupJob Job => _job ??= new BackupJob(cmdlet.MyInvocation.Line.Trim(), limit, activity);

    /// <summary>Takes up the work for a database. Does not wait for its end.</summary>
    public void Add(string database, Func<IStreams, ProgressReporter, SteeredWork> create)
    {
        if (asJob)
        {
            Job.Add(database, create);
        }
        else
        {
            Add(create);
        }
    }

    /// <summary>Takes up work that no job does.</summary>
    public void Add(Func<IStreams, ProgressReporter, IWork> create)
    {
        _progress ??= new ProgressReporter(_streams.WriteProgress) { Activity = activity };
        _dispatcher ??= new WorkDispatcher(limit, _progress, stopToken);
        _dispatcher.Add(create(_streams, _progress));
    }

    /// <summary>Adds what could not even be begun to the job, if there is to be one: whoever looks at it finds it there.</summary>
    public void AddFailure(ErrorRecord error, string target)
    {
        if (asJob)
        {
            Job.AddFailure(error, target);
        }
    }

    /// <summary>Waits for what runs in the foreground; begins the job and writes it.</summary>
    /// <param name="takeUsed">Gives what the work uses, such as its stores: from here on it is the job's to dispose of.</param>
    public void Complete(Func<IDisposable?>? takeUsed = null)
    {
        _dispatcher?.Complete();
        if (_job is BackupJob job)
        {
            // From here on it is the session's.
            _job = null;
            job.Own(takeUsed?.Invoke());
            cmdlet.JobRepository.Add(job);
            job.Start(Runspace.DefaultRunspace);
            cmdlet.WriteObject(job);
        }
    }

    public void Dispose()
    {
        _dispatcher?.Dispose();
        _job?.Dispose();
    }
}
