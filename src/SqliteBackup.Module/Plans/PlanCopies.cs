using SqliteBackup.Backup;
using SqliteBackup.Output;
using SqliteBackup.Storage;

namespace SqliteBackup.Plans;

/// <summary>
/// Brings the backups of a run to a further destination. Between folders they are copied with their manifests, byte by byte compared with the
/// checksum; anywhere else the database is backed up again. What a killed run did not bring there, the next one does.
/// </summary>
internal sealed class PlanCopies(PlanTarget first, PlanTarget target, bool isWhatIf)
{
    /// <summary>Makes those that are missing.</summary>
    /// <param name="rows">The databases.</param>
    /// <param name="backUp">Backs databases up again, to a target, and gives what came of each.</param>
    public void Make(IEnumerable<PlanRow> rows, Action<PlanTarget, IReadOnlyList<PlanRow>, Action<PlanRow, BackupResult>> backUp)
    {
        PlanRow[] due = [.. rows.Where(row => row.Backup is not null)];
        if (isWhatIf || !IsFolder(first) || !IsFolder(target))
        {
            backUp(target, isWhatIf ? [.. rows] : due, (row, result) =>
            {
                if (!result.Unchanged)
                {
                    row.Copies.Add(result.Backup);
                }
            });
            return;
        }

        using var folder = new LocalStore(Path.GetFullPath(target.Folder!));
        foreach (PlanRow row in due)
        {
            Copy(row, folder);
        }
    }

    private void Copy(PlanRow row, LocalStore folder)
    {
        try
        {
            if (target.Destination.Options["MustExist"] is true && !Directory.Exists(folder.Location))
            {
                throw new SqliteBackupException(
                    BackupFailure.DestinationMissing, folder.Location, $"There is no folder '{folder.Location}', and MustExist says that it is not to be made. Check that what it lies on is mounted.");
            }

            if (BackupFile.CopyTo(row.Backup!.Backup, folder) is string copy)
            {
                row.Copies.Add(copy);
            }
        }
        catch (SqliteBackupException exception)
        {
            row.Fail(ErrorRecords.Create(exception, row.Database.Path));
        }
    }

    private static bool IsFolder(PlanTarget place) => place.Folder is not null;
}
