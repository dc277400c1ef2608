
namespace SqliteBackup.Platform;

/// <summary>What the file system refuses, as the Engine's own exception.</summary>
internal static class FileErrors
{
    /// <summary>Runs something that makes nothing, as the other does.</summary>
    public static void Guard(string path, BackupFailure failure, Action operation) => Guard(path, failure, () =>
    {
        operation();
        return true;
    });

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

    /// <summary>Removes a file of ours.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            // The folder is gone or can no longer be written. The next run to it sweeps what is left.
        }
    }

    /// <summary>Whether an exception is one of those that the file system makes .NET throw.</summary>
    public static bool IsFileError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    /// <summary>The Engine's own exception for what a file operation threw: no space is an id of its own, all else the one given.</summary>
    public static SqliteBackupException Translate(Exception exception, string path, BackupFailure failure)
    {
        const int NoSpace = 28;
        int quota = OperatingSystem.IsLinux() ? 122 : 69;

        // What .NET makes of EFBIG.
        if (exception is ArgumentOutOfRangeException && !OperatingSystem.IsWindows())
        {
            return new SqliteBackupException(
                BackupFailure.DestinationFull,
                path,
                $"No space is left for '{path}' under a limit on the size of files (see ulimit -f). Raise the limit, or choose a destination that takes larger files.",
                innerException: exception);
        }

        if (exception.HResult == NoSpace || (exception.HResult < 0 && WindowsErrors.IsNoSpace(exception.HResult)) || (exception.HResult == quota && !OperatingSystem.IsWindows()))
        {
            string inodes = OperatingSystem.IsWindows() ? "" : " (or no inode: see df -i)";
            return new SqliteBackupException(
                BackupFailure.DestinationFull, path, $"No space is left{inodes} for '{path}'. Free some, or choose another destination.", innerException: exception);
        }

        return new SqliteBackupException(failure, path, $"'{path}': {exception.Message.TrimEnd('.')}. {Advice(exception, path)}", innerException: exception);
    }

    private static string Advice(Exception exception, string path)
    {
        const int ReadOnlyFileSystem = 30;
        const int TooLong = 255 - 25;
        bool isTooLong = exception is PathTooLongException || exception.HResult == WindowsErrors.NameTooLong
            || (exception.HResult is WindowsErrors.InvalidName or WindowsErrors.PathNotFound or WindowsErrors.FileNotFound && Path.GetFileName(path).Length > TooLong);
        return exception.HResult switch
        {
            _ when isTooLong => "Choose a shorter name or folder: while it is made, a backup's name is 25 characters longer.",
            WindowsErrors.SharingViolation or WindowsErrors.LockViolation => "Another program has it open. Close it there, or choose another destination.",
            WindowsErrors.WriteProtected or ReadOnlyFileSystem => "What it lies on is read-only. Mount it for writing, or choose another destination.",
            _ when IsReadOnly(path) => "The file is marked read-only. Take the mark away, or choose another destination.",
            _ => "Check that the folder exists and that this user may write to it.",
        };
    }

    // On Windows the mark alone forbids to replace or change a file; elsewhere it stands for its rights, which its owner's folder goes above.
    private static bool IsReadOnly(string path)
    {
        try
        {
            return OperatingSystem.IsWindows() && File.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            return false;
        }
    }
}
