using System.Management.Automation;
using SqliteBackup.Registry;

namespace SqliteBackup.Output;

/// <summary>Shows backups of whichever session, live, until they end.</summary>
internal sealed class ProgressWatcher(BackupRegistry registry, Action<ProgressRecord> write, CancellationToken stopToken)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until all have ended.</summary>
    /// <returns>How they ended, in the order given.</returns>
    public IReadOnlyList<BackupStatus> Wait(IReadOnlyList<BackupStatus> backups)
    {
        var reporter = new ProgressReporter(write);
        var latest = backups.ToDictionary(backup => backup.Id);
        var rows = backups.Where(backup => !backup.IsEnded).ToDictionary(backup => backup.Id, _ => reporter.Add());
        try
        {
            while (rows.Count > 0 && !stopToken.IsCancellationRequested)
            {
                foreach ((string id, ProgressReporter.Row row) in rows.ToArray())
                {
                    BackupStatus? found = registry.Find(id);
                    latest[id] = found ?? latest[id];
                    if (found is null || found.IsEnded)
                    {
                        rows.Remove(id);
                        reporter.End(row, found is { State: BackupState.Failed });
                    }
                    else
                    {
                        reporter.Report(row, found);
                    }
                }

                if (rows.Count > 0)
                {
                    stopToken.WaitHandle.WaitOne(BetweenLooks);
                }
            }
        }
        finally
        {
            reporter.CompleteAll();
        }

        return [.. backups.Select(backup => latest[backup.Id])];
    }

    /// <summary>Looks at backups until each is as it is wanted, or the time is over.</summary>
    /// <returns>How they stand, in the order given; those that are gone are left out.</returns>
    public IReadOnlyList<BackupStatus> WaitFor(IReadOnlyCollection<string> ids, Func<BackupStatus, bool> wanted, TimeSpan limit)
    {
        long until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        var found = new Dictionary<string, BackupStatus?>();
        var waiting = ids.ToHashSet();
        while (waiting.Count > 0)
        {
            foreach (string id in waiting.ToArray())
            {
                found[id] = registry.Find(id);
                if (found[id] is not BackupStatus status || status.IsEnded || wanted(status))
                {
                    waiting.Remove(id);
                }
            }

            if (waiting.Count > 0 && (Environment.TickCount64 >= until || stopToken.WaitHandle.WaitOne(BetweenLooks / 4)))
            {
                break;
            }
        }

        return [.. ids.Select(id => found.GetValueOrDefault(id)).OfType<BackupStatus>()];
    }
}
