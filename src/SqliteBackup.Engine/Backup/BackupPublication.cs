using SqliteBackup.Catalog;
using SqliteBackup.Operation;
using SqliteBackup.Storage;

namespace SqliteBackup.Backup;

/// <summary>
/// Gives a finished backup and its manifest their names: together, under the name's lock, so that nobody sees the one beside another's. What
/// stood there before stays until the new file takes its name.
/// </summary>
internal sealed class BackupPublication(BackupRequest request, ProgressMeter meter, LockWaiter busy)
{
    /// <summary>Publishes.</summary>
    /// <param name="stored">The file.</param>
    /// <param name="manifest">Its manifest, or null where it gets none.</param>
    /// <param name="mode">The rights of both.</param>
    /// <returns>Where the backup stands, and whether its manifest does.</returns>
    /// <exception cref="SqliteBackupException">
    /// It failed: what stood there is as it was, unless <see cref="SqliteBackupException.FileStands"/> says otherwise.
    /// </exception>
    public (string Path, bool IsRecorded) Run(StagedFile stored, StagedFile? manifest, UnixFileMode mode)
    {
        // Both are on the disk before anything is touched.
        stored.Flush();
        StagedFile? flushed = manifest is not null && TryWithManifest(request.Destination, manifest.Flush) ? manifest : null;
        for (int number = 1; ; number++)
        {
            string path = number == 1 ? request.Destination : BackupDestinations.Numbered(request.Destination, number);
            using BackupLock? held = Lock(path);
            if (request.MayRename && BackupDestinations.IsTaken(path))
            {
                continue;
            }

            stored.Rename(path);
            flushed?.Rename(ManifestFile.PathOf(path));
            return (path, Publish(path, stored, flushed, mode));
        }
    }

    private BackupLock? Lock(string path)
    {
        try
        {
            return BackupLock.Take(path, busy.ThrowIfOver);
        }
        catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.DestinationFull && !request.Overwrite)
        {
            // Where not one file more can be made, nobody else makes any, and a free name is taken in one step.
            return null;
        }
    }

    // Answers whether the manifest stands.
    private bool Publish(string path, StagedFile stored, StagedFile? manifest, UnixFileMode mode)
    {
        if (!request.Overwrite && Path.Exists(path))
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
            stored.Publish(request.Overwrite, mode, flushFolder: false);
        }
        catch (Exception exception) when (exception is not SqliteBackupException { FileStands: true })
        {
            if (replaced is not null)
            {
                ManifestFile.Write(path, replaced, mode);
            }

            throw;
        }

        bool isRecorded = manifest is not null && TryWithManifest(path, () => manifest.Publish(overwrite: true, mode, flushFolder: false));

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
            meter.Warn($"The backup '{backup}' is complete, but its manifest could not be written: {exception.Message}");
            return exception.FileStands;
        }
    }
}
