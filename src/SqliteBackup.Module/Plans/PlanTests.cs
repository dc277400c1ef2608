using System.Management.Automation;
using SqliteBackup.Catalog;
using SqliteBackup.Output;
using SqliteBackup.Verify;

namespace SqliteBackup.Plans;

/// <summary>
/// Tests backups whose turn it is, at every destination: each is checked in full and restored to a scratch file that is removed again.
/// </summary>
internal sealed class PlanTests(BackupPlan plan, IReadOnlyList<PlanTarget> targets, Func<string, string, bool> shouldProcess, Action<string> onStage)
{
    /// <summary>Tests them.</summary>
    /// <returns>What the next run is to know.</returns>
    public PlanMemory Run(IReadOnlyCollection<PlanRow> rows, PlanMemory memory, bool isWhatIf, DateTime now)
    {
        var databases = rows.ToDictionary(
            row => row.Database.Path,
            row => memory.Databases.GetValueOrDefault(row.Database.Path) ?? new PlanDatabaseMemory { FirstSeenAt = now },
            StringComparer.Ordinal);
        foreach ((PlanRow row, PlanTarget target, CatalogEntry backup) in Due(rows, databases, memory, now))
        {
            onStage($"testing {backup.Backup}");
            if (isWhatIf)
            {
                _ = shouldProcess(backup.Backup!, "Test and restore it to a scratch file");
            }
            else if (Test(target, backup, row))
            {
                databases[row.Database.Path].TestedAt[target.Destination.Location] = now;
            }
        }

        return memory with { Databases = databases };
    }

    private IReadOnlyList<(PlanRow Row, PlanTarget Target, CatalogEntry Backup)> Due(
        IEnumerable<PlanRow> rows, Dictionary<string, PlanDatabaseMemory> databases, PlanMemory memory, DateTime now)
    {
        var candidates =
            from row in rows
            let known = databases[row.Database.Path]
            from target in targets
            let newest = target.Newest(row.Database.Path)
            where newest is not null
            let wasTested = known.TestedAt.ContainsKey(target.Destination.Location)
            let since = wasTested ? known.TestedAt[target.Destination.Location] : known.FirstSeenAt
            select ((row, target, newest), since, wasTested);
        return plan.Test is null ? [] : TestRotation.Due([.. candidates], plan.Test.Every, memory.Databases.Count > 0 ? memory.Runner.StartedAt : null, now);
    }

    private bool Test(PlanTarget target, CatalogEntry backup, PlanRow row)
    {
        CmdletRun tested = target.Test(backup.Backup!, plan.Test!);
        foreach (ErrorRecord error in tested.Errors)
        {
            row.Fail(error);
        }

        foreach (BackupTestResult bad in tested.Results<BackupTestResult>().Where(result => result.Status != BackupTestStatus.Ok))
        {
            string message = $"'{backup.Backup}' failed its test ({bad.Status}): {string.Join(" ", bad.Findings)} Nothing of '{row.Database.Path}' is removed until there is a good backup.";
            row.Fail(ErrorRecords.Create(new SqliteBackupException(BackupFailure.IntegrityCheckFailed, backup.Backup!, message), row.Database.Path));
        }

        return tested.Errors.Count == 0 && tested.Results<BackupTestResult>().All(result => result.Status == BackupTestStatus.Ok) && Restore(target, backup, row);
    }

    private bool Restore(PlanTarget target, CatalogEntry backup, PlanRow row)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("sqlitebackup-test-");
        try
        {
            CmdletRun restored = target.Restore(backup.Backup!, Path.Combine(scratch.FullName, "restored.db"), plan.Test!);
            foreach (ErrorRecord error in restored.Errors)
            {
                row.Fail(error);
            }

            if (restored.Errors.Count == 0)
            {
                row.Tested.Add(backup.Backup!);
            }

            return restored.Errors.Count == 0;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
