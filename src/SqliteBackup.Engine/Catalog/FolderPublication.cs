using SqliteBackup.Operation;
using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>
/// Gives a finished backup and its manifest their names: together, under the name's lock, so that nobody sees the one beside another's. What
/// stood there before stays until the new file takes its name.
/// </summary>
internal sealed class FolderPublication
{
    private readonly BackupPlan _plan;
    private readonly ProgressMeter _meter;
    private readonly LockWaiter _busy;
    private readonly FileRights _rights;

    private FolderPublication(NewBackup backup)
    {
        _plan = backup.Plan;
        _meter = backup.Meter;
        _busy = backup.Busy;
        _rights = backup.Rights;
    }

    /// <summary>Publishes.</summary>
    /// <param name="backup">The backup.</param>
    /// <returns>Where it stands, and whether its manifest does.</returns>
    /// <exception cref="SqliteBackupException">
    /// It failed: what stood there is as it was, unless <see cref="SqliteBackupException.FileStands"/> says otherwise.
    /// </exception>
    public static BackupPlacement Run(NewBackup backup)
    {
        var publication = new FolderPublication(backup);
        using StagedFile? manifest = backup.Manifest is null ? null : publication.Stage(backup.Manifest);
        return publication.Run(backup.File, manifest);
    }

    private StagedFile? Stage(BackupManifest manifest)
    {
        try
        {
            return ManifestFile.Stage(_plan.Destination, manifest);
        }
        catch (SqliteBackupException exception)
        {
            WarnOfManifest(_plan.Destination, exception);
            return null;
        }
    }

    private void WarnOfManifest(string backup, SqliteBackupException exception) =>
        _meter.Warn($"The backup '{backup}' is complete, but its manifest could not be written: {exception.Message}");

    private BackupPlacement Run(StagedFile stored, StagedFile? manifest)
    {
        // Both are on the disk before anything is touched.
        stored.Flush();
        StagedFile? flushed = manifest is not null && TryWithManifest(_plan.Destination, manifest.Flush) ? manifest : null;
        for (int number = 1; number <= BackupDestinations.MaxNumber; number++)
        {
            string path = number == 1 ? _plan.Destination : BackupDestinations.Numbered(_plan.Destination, number);
            using BackupLock? held = Lock(path);
            if (_plan.MayRename && BackupDestinations.IsTaken(path))
            {
                continue;
            }

            stored.Rename(path);
            flushed?.Rename(ManifestFile.PathOf(path));
            return new BackupPlacement(path, Publish(path, stored, flushed));
        }

        throw BackupDestinations.NoFreeName(_plan.Destination);
    }

    private BackupLock? Lock(string path)
    {
        try
        {
            return BackupLock.Take(path, _busy.ThrowIfOver);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.DestinationFull && !_plan.Overwrite)
        {
            // Where not one file more can be made, nobody else makes any, and a free name is taken in one step.
            return null;
        }
    }

    // Answers whether the manifest stands.
    private bool Publish(string path, StagedFile stored, StagedFile? manifest)
    {
        if (!_plan.Overwrite && Path.Exists(path))
        {
            throw DestinationRules.Exists(path);
        }

        if (manifest is not null)
        {
            ManifestFile.ThrowIfForeign(path);
        }

        // A manifest that is there must not outlive the backup that it describes.
        byte[]? replaced = manifest is not null || ManifestFile.Read(path).State == ManifestState.Present ? ManifestFile.Withdraw(path) : null;
        try
        {
            stored.Publish(_plan.Overwrite, _rights, flushFolder: false);
        }
        catch (Exception exception) when (exception is not SqliteBackupException { FileStands: true })
        {
            if (replaced is not null)
            {
                ManifestFile.Write(path, replaced, _rights);
            }

            throw;
        }

        bool isRecorded = manifest is not null && TryWithManifest(path, () => manifest.Publish(overwrite: true, _rights, flushFolder: false));

        // Once, for both names.
        stored.FlushFolder();
        return isRecorded;
    }

    private bool TryWithManifest(string backup, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (SqliteBackupException exception)
        {
            WarnOfManifest(backup, exception);
            return exception.FileStands;
        }
    }
}
