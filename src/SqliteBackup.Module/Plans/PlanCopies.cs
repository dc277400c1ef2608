using System.Management.Automation;
using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Parameters;

namespace SqliteBackup.Plans;

/// <summary>
/// Brings the backups of a run to a further destination: as copies with their manifests, each byte held against the checksum. A repository has
/// no files to copy, and there the database is backed up again. What a killed run did not bring there, the next one does.
/// </summary>
internal sealed class PlanCopies(PlanTarget first, PlanTarget target, Func<string, string, bool> shouldProcess)
{
    /// <summary>Makes those that are missing.</summary>
    /// <param name="rows">The databases.</param>
    /// <param name="isWhatIf">Whether it is only told.</param>
    /// <param name="backUp">Backs databases up again, to a target, and gives what came of each.</param>
    /// <param name="blame">Hears of what failed and is about no backup of a row.</param>
    public void Make(
        IReadOnlyCollection<PlanRow> rows, bool isWhatIf, Action<PlanTarget, IReadOnlyList<PlanRow>, Action<PlanRow, BackupResult>> backUp, Action<ErrorRecord> blame)
    {
        PlanRow[] due = [.. rows.Where(row => isWhatIf || row.Backup is not null)];
        if (!target.CanCopyFrom(first))
        {
            backUp(target, due, (row, result) =>
            {
                if (!result.Unchanged)
                {
                    row.Copies.Add(result.Backup);
                }
            });
        }
        else if (isWhatIf)
        {
            Array.ForEach(due, row => shouldProcess(row.Database.Path, $"Copy its backup to '{target.Destination.Location}'"));
        }
        else if (due.Length > 0)
        {
            Copy(due.ToDictionary(row => row.Backup!.Backup, StringComparer.Ordinal), blame);
        }
    }

    private void Copy(Dictionary<string, PlanRow> rows, Action<ErrorRecord> blame)
    {
        if (target.Folder is string folder && target.Destination.Options["MustExist"] is true && !Directory.Exists(folder))
        {
            blame(ErrorRecords.Create(BackupTarget.Missing(folder, "MustExist"), folder));
            return;
        }

        CmdletRun run = target.Copy(rows.Keys, first);
        foreach (BackupCopyResult copy in run.Results<BackupCopyResult>().Where(copy => !copy.IsSkipped && rows.ContainsKey(copy.Source)))
        {
            rows[copy.Source].Copies.Add(copy.Backup);
        }

        foreach (ErrorRecord error in run.Errors)
        {
            if (rows.TryGetValue(error.TargetObject as string ?? "", out PlanRow? row))
            {
                row.Fail(error);
            }
            else
            {
                blame(error);
            }
        }
    }
}
