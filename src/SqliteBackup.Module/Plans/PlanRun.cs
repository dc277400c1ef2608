using System.Diagnostics;
using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Parameters;

namespace SqliteBackup.Plans;

/// <summary>
/// One run of a plan: find, back up, copy, test, prune, look whether all is fresh. What fails about one database holds up no other. Tests come
/// before pruning, as nothing is removed of a database whose newest backup is bad.
/// </summary>
internal sealed class PlanRun(BackupPlan plan, PlanMemory before, OwnCmdlets cmdlets, PathResolver resolver, bool isWhatIf, Func<string, string, bool> shouldProcess, Action<string> onStage)
{
    private readonly DateTime _startedAt = DateTime.UtcNow;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<ErrorRecord> _problems = [];
    private readonly List<string> _leftOut = [];
    private readonly PlanTarget[] _targets = [.. plan.Destinations.Select(destination => new PlanTarget(destination, cmdlets, resolver, isWhatIf))];
    private Dictionary<string, PlanRow> _rows = [];

    /// <summary>What is said as errors once all is done.</summary>
    public IEnumerable<ErrorRecord> Errors => _problems.Concat(_rows.Values.SelectMany(row => row.ToErrors()));

    /// <summary>What the next run is to know.</summary>
    public PlanMemory Memory { get; private set; } = before;

    public PlanResult Run()
    {
        onStage("finding databases");
        Find();
        onStage("backing up");
        BackUp(_targets[0], [.. _rows.Values], (row, result) => row.Backup = result);
        _problems.AddRange(_targets[0].Look());
        foreach (PlanTarget target in _targets[1..])
        {
            onStage($"copying to {target.Destination.Location}");
            new PlanCopies(_targets[0], target, shouldProcess).Make(_rows.Values, isWhatIf, BackUp, Blame);
            _problems.AddRange(target.Look());
        }

        DateTime now = DateTime.UtcNow;
        Memory = new PlanTests(plan, _targets, shouldProcess, onStage).Run(_rows.Values, Memory, isWhatIf, now);
        Array.ForEach(_targets, Prune);
        if (!isWhatIf)
        {
            Array.ForEach(_targets, See);
        }

        return ToResult();
    }

    private void Find()
    {
        _rows = new PlanDatabaseFinder(cmdlets, resolver)
            .Find(plan, (_, error) => _problems.Add(error), (_, warning) => _leftOut.Add(warning))
            .ToDictionary(database => database.Path, database => new PlanRow(database), StringComparer.Ordinal);
        _leftOut.AddRange(Memory.Databases.Keys.Where(known => !_rows.ContainsKey(known)).Order(StringComparer.Ordinal)
            .Select(gone => $"'{gone}' was backed up by the last run and is gone, or no longer named. This is said once."));
    }

    private void BackUp(PlanTarget target, IReadOnlyList<PlanRow> rows, Action<PlanRow, BackupResult> keep)
    {
        foreach (IGrouping<string, PlanRow> entry in rows.GroupBy(row => row.Database.Entry.Key))
        {
            CmdletRun run = target.BackUp(entry.First().Database.Entry, entry.Select(row => row.Database.Path));
            foreach (BackupResult result in run.Results<BackupResult>().Where(result => _rows.ContainsKey(result.Database)))
            {
                keep(_rows[result.Database], result);
            }

            foreach (ErrorRecord error in run.Errors)
            {
                Blame(error);
            }
        }
    }

    private void Blame(ErrorRecord error)
    {
        if (_rows.TryGetValue(error.TargetObject as string ?? "", out PlanRow? row))
        {
            row.Fail(error);
        }
        else
        {
            _problems.Add(error);
        }
    }

    private void Prune(PlanTarget target)
    {
        if (target.Destination.Keep.Count == 0)
        {
            return;
        }

        onStage($"pruning {target.Destination.Location}");
        CmdletRun run = target.Prune(_rows.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (BackupRemoval removal in run.Results<BackupRemoval>().Where(removal => removal is { Action: RemovalAction.Removed, Database: not null }))
        {
            _rows[removal.Database!].Count(removal);
        }

        _problems.AddRange(run.Errors);
    }

    private void See(PlanTarget target)
    {
        foreach (PlanRow row in _rows.Values)
        {
            row.See(target.Destination, target.Newest(row.Database.Path), target.HasOfThisRun(row.Backup), plan.FreshWithin);
        }
    }

    private PlanResult ToResult()
    {
        if (_rows.Count == 0 && _problems.Count == 0)
        {
            _problems.Add(ErrorRecords.Create(new SqliteBackupException(BackupFailure.FileNotFound, plan.Path, $"The plan '{plan.Path}' matches no database. Check its Databases."), plan.Path));
        }

        return new PlanResult
        {
            Plan = plan.Path,
            Name = plan.Name,
            StartedAt = _startedAt,
            Duration = _watch.Elapsed,
            Databases = [.. _rows.Values.Select(row => row.ToResult())],
            LeftOut = [.. _leftOut],
            Problems = [.. _problems.Select(error => error.Exception.Message)],
        };
    }
}
