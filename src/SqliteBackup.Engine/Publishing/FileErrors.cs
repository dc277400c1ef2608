namespace SqliteBackup.Engine.Publishing;

/// <summary>What the file system refuses, as the Engine's own exception.</summary>
internal static class FileErrors
{
    /// <summary>Runs a file operation and turns what it throws into the Engine's own exception.</summary>
    public static T Guard<T>(string path, BackupFailure failure, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw Translate(exception, path, failure);
        }
    }

    /// <summary>Whether an exception is one of those that the file system makes .NET throw.</summary>
    public static bool IsFileError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>The Engine's own exception for what a file operation threw: no space is an id of its own, all else the one given.</summary>
    public static SqliteBackupException Translate(Exception exception, string path, BackupFailure failure)
    {
        const int NoSpaceLinux = 28;
        const int QuotaLinux = 122;
        const int DiskFullWindows = unchecked((int)0x80070070);
        if (exception.HResult is NoSpaceLinux or QuotaLinux or DiskFullWindows)
        {
            string inodes = OperatingSystem.IsWindows() ? "" : " (or no inode: see df -i)";
            return new SqliteBackupException(
                BackupFailure.DestinationFull, path, $"No space is left{inodes} for '{path}'. Free some, or choose another destination.", innerException: exception);
        }

        string advice = exception is PathTooLongException
            ? $"Choose a shorter name or folder: while it is made, a backup's name is {StagingName.AddedLength} characters longer."
            : "Check that the folder exists and that this user may write to it.";
        return new SqliteBackupException(failure, path, $"'{path}': {exception.Message.TrimEnd('.')}. {advice}", innerException: exception);
    }
}
