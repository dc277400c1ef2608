using System.Management.Automation;
using SqliteBackup.Engine;

namespace SqliteBackup.Pipeline;

/// <summary>Makes every error record of the module: the failure's name is the error id, the database's path its target.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord Create(SqliteBackupException exception, string target) =>
        new(exception, exception.Failure.ToString(), CategoryOf(exception.Failure), target)
        {
            ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = RecommendedActionFor(exception.Failure) },
        };

    /// <summary>For what nobody foresaw. It is about one database all the same, and the others go on.</summary>
    public static ErrorRecord CreateUnexpected(Exception exception, string target)
    {
        bool isNative = exception is DllNotFoundException or BadImageFormatException
            || exception.GetBaseException() is DllNotFoundException or BadImageFormatException;
        BackupFailure failure = isNative ? BackupFailure.NativeLibraryNotFound : BackupFailure.BackupFailed;
        string message = $"'{target}' was not backed up: {exception.GetBaseException().Message}";
        return Create(new SqliteBackupException(failure, target, message, innerException: exception), target);
    }

    private static ErrorCategory CategoryOf(BackupFailure failure) => failure switch
    {
        BackupFailure.FileNotFound => ErrorCategory.ObjectNotFound,
        BackupFailure.PathNotFileSystem => ErrorCategory.InvalidArgument,
        BackupFailure.DestinationExists => ErrorCategory.ResourceExists,
        BackupFailure.DestinationIsSource => ErrorCategory.InvalidArgument,
        BackupFailure.SourceOpenFailed => ErrorCategory.OpenError,
        BackupFailure.DestinationOpenFailed => ErrorCategory.OpenError,
        BackupFailure.NotADatabase => ErrorCategory.InvalidData,
        BackupFailure.SourceBusy => ErrorCategory.ResourceBusy,
        BackupFailure.BackupStalled => ErrorCategory.ResourceBusy,
        BackupFailure.BackupTimedOut => ErrorCategory.OperationTimeout,
        BackupFailure.DestinationFull => ErrorCategory.WriteError,
        BackupFailure.IntegrityCheckFailed => ErrorCategory.InvalidData,
        BackupFailure.ChecksumMismatch => ErrorCategory.InvalidData,
        BackupFailure.NativeLibraryNotFound => ErrorCategory.NotInstalled,
        BackupFailure.BackupFailed or BackupFailure.RestoreFailed => ErrorCategory.NotSpecified,
        _ => ErrorCategory.NotSpecified,
    };

    private static string RecommendedActionFor(BackupFailure failure) => failure switch
    {
        BackupFailure.FileNotFound => "Check the path; -LiteralPath takes a name with wildcard characters as it is.",
        BackupFailure.PathNotFileSystem => "Give the path of a file on a disk.",
        BackupFailure.DestinationExists => "Choose another destination, or use -Force to replace the file.",
        BackupFailure.DestinationIsSource => "Choose a destination that is not the database itself, nor a link to it.",
        BackupFailure.SourceOpenFailed => "Check that this account may read the database and its folder.",
        BackupFailure.DestinationOpenFailed => "Check that the folder can be made and written by this account.",
        BackupFailure.NotADatabase => "Name a file that is a whole, unencrypted SQLite database.",
        BackupFailure.SourceBusy => "Find what holds the lock, wait for it, or raise -BusyTimeoutSeconds.",
        BackupFailure.BackupStalled => "Put the database in WAL mode, choose a quieter hour, or raise -MaxWriterStallSeconds.",
        BackupFailure.BackupTimedOut => "Raise -TimeoutSeconds, or lift -MaxBytesPerSecond and -StepDelayMilliseconds.",
        BackupFailure.DestinationFull => "Free some space, or choose a destination with more of it.",
        BackupFailure.IntegrityCheckFailed => "Run PRAGMA integrity_check on the database: it may be damaged. Keep your older backups.",
        BackupFailure.ChecksumMismatch => "Do not rely on this file: use another backup.",
        BackupFailure.NativeLibraryNotFound => "Install the module again, on a platform that it supports.",
        BackupFailure.BackupFailed or BackupFailure.RestoreFailed => "Read the message, mend the cause and run the command again.",
        _ => "Run the command again.",
    };
}
