using SqliteBackup.Storage;

namespace SqliteBackup.Catalog;

/// <summary>Puts a finished backup into a store, and then its manifest: what has no manifest yet is no backup that was finished.</summary>
internal sealed class StoreUpload(IBackupStore store, StoreManifests manifests, NewBackup backup)
{
    /// <summary>Uploads.</summary>
    /// <param name="nameOf">The name in the store of a location.</param>
    /// <param name="isTaken">Whether the store has something of a name.</param>
    public BackupPlacement Run(Func<string, string> nameOf, Func<string, bool> isTaken)
    {
        var content = new PacedContent(backup) { Rights = backup.Rights.Mode };
        for (int number = 1; ; number++)
        {
            string location = number == 1 ? backup.Plan.Destination : BackupDestinations.Numbered(backup.Plan.Destination, number);
            string name = nameOf(location);
            if (backup.Plan.MayRename && isTaken(name))
            {
                continue;
            }

            try
            {
                return new BackupPlacement(location, Put(location, name, content)) { Promises = store.Promises };
            }
            catch (SqliteBackupException exception) when (exception.Failure == BackupFailure.DestinationExists && backup.Plan.MayRename)
            {
                // Another run took the name in this instant.
            }
        }
    }

    // Answers whether the manifest stands.
    private bool Put(string location, string name, PacedContent content)
    {
        BackupManifest? replaced = backup.Plan.Overwrite ? manifests.ReadNow(name, backup.CancellationToken).Manifest : null;
        if (backup.Plan.Overwrite)
        {
            manifests.Withdraw(name, backup.CancellationToken);
        }

        try
        {
            store.Put(name, content, backup.Plan.Overwrite ? PutMode.Replace : PutMode.CreateNew, backup.CancellationToken);
        }
        catch when (replaced is not null)
        {
            Restore(name, replaced);
            throw;
        }

        try
        {
            manifests.Write(name, backup.Manifest!, backup.CancellationToken);
            return true;
        }
        catch (SqliteBackupException exception)
        {
            backup.Meter.Warn($"The backup '{location}' is complete, but its manifest could not be written: {exception.Message}");
            return false;
        }
    }

    // Only beside the file that it was about.
    private void Restore(string name, BackupManifest replaced)
    {
        try
        {
            if (store.Stat(name, CancellationToken.None)?.Bytes == replaced.StoredBytes)
            {
                manifests.Write(name, replaced, CancellationToken.None);
            }
        }
        catch (SqliteBackupException exception)
        {
            backup.Meter.Warn($"The manifest of '{backup.Plan.Destination}' could not be put back: {exception.Message}");
        }
    }
}
