using System.Management.Automation;
using SqliteBackup.Output;

namespace SqliteBackup.Running;

/// <summary>
/// One piece of work on a thread of its own. The pipeline's thread writes its warnings and a progress row until it has ended, however it ends.
/// </summary>
internal sealed class PumpedWork(PSCmdlet cmdlet, string activity)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly List<string> _warnings = [];
    private readonly CmdletStreams _streams = new(cmdlet);
    private (string What, double Fraction)? _progress;
    private bool _isShown;

    /// <summary>Says how far it is. From any thread.</summary>
    /// <param name="what">What is done.</param>
    /// <param name="fraction">How far that is, 0 to 1.</param>
    public void Advance(string what, double fraction)
    {
        lock (_gate)
        {
            _progress = (what, fraction);
        }
    }

    /// <summary>Has a warning written. From any thread.</summary>
    public void Warn(string message)
    {
        lock (_gate)
        {
            _warnings.Add(message);
        }
    }

    /// <summary>Does the work, and returns or throws what came of it.</summary>
    public T Run<T>(Func<T> work)
    {
        var task = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (!Ended(task))
            {
                Write();
            }

            Write();
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            // The pipeline may be stopped while something is written; what runs has its token, and is not left alone.
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            if (_isShown)
            {
                _streams.WriteProgress(new ProgressRecord(0, Text.Line(activity), "Completed") { RecordType = ProgressRecordType.Completed });
            }
        }
    }

    private static bool Ended(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne(Interval);

    private void Write()
    {
        string[] warnings;
        (string What, double Fraction)? progress;
        lock (_gate)
        {
            (warnings, progress) = ([.. _warnings], _progress);
            _warnings.Clear();
            _progress = null;
        }

        Array.ForEach(warnings, _streams.WriteWarning);
        if (progress is (string what, double fraction))
        {
            _isShown = true;
            _streams.WriteProgress(new ProgressRecord(0, Text.Line(activity), Text.Line(what)) { PercentComplete = (int)Math.Clamp(100 * fraction, 0, 99) });
        }
    }
}
