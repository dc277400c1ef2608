namespace SqliteBackup.Storage;

/// <summary>Whether there is room for what is staged on this machine.</summary>
internal static class StagingRoom
{
    /// <summary>Throws where a folder's file system has less free than is needed.</summary>
    /// <param name="folder">The full path of the folder.</param>
    /// <param name="bytes">What is needed.</param>
    /// <param name="what">What it is needed for.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationFull"/>.</exception>
    public static void ThrowIfLess(string folder, long bytes, string what)
    {
        if (Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace is long free && free < bytes)
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationFull,
                folder,
                $"'{what}' needs {bytes:N0} bytes in '{folder}' for a while, and {free:N0} are free there. Free some, or choose another folder with -StagingPath.");
        }
    }

    /// <summary>Runs what writes into a folder: where that is full on the way, the error names the folder and how to choose another.</summary>
    /// <param name="folder">The full path of the folder.</param>
    /// <param name="what">What it is needed for.</param>
    /// <param name="operation">What writes.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.DestinationFull"/>.</exception>
    public static T Guard<T>(string folder, string what, Func<T> operation)
    {
        string prefix = Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar;
        try
        {
            return operation();
        }
        catch (SqliteBackupException exception)
            when (exception.Failure == BackupFailure.DestinationFull && exception.Path?.StartsWith(prefix, StringComparison.Ordinal) == true)
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationFull,
                exception.Path,
                $"No space is left in '{folder}', where what '{what}' needs stands for a while. Free some, or choose another folder with -StagingPath.",
                exception.SqliteExtendedErrorCode,
                exception);
        }
    }
}
