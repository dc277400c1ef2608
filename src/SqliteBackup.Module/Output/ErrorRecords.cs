using System.Management.Automation;

namespace SqliteBackup.Output;

/// <summary>
/// Makes every error record of the module: the failure's name is the error id, the database's path its target. What to do about it is in
/// the message: PowerShell shows a recommended action only in some views, and then says everything twice.
/// </summary>
internal static class ErrorRecords
{
    public static ErrorRecord Create(SqliteBackupException exception, string target) =>
        new(exception, exception.Failure.ToString(), CategoryOf(exception.Failure), target);

    /// <summary>For what nobody foresaw. It is about one database all the same, and the others go on.</summary>
    public static SqliteBackupException Unexpected(Exception exception, string target, BackupFailure otherwise, string work)
    {
        bool isNative = exception is DllNotFoundException or BadImageFormatException
            || exception.GetBaseException() is DllNotFoundException or BadImageFormatException;
        BackupFailure failure = isNative ? BackupFailure.NativeLibraryNotFound : otherwise;
        string message = $"'{target}' was not {work}: {exception.GetBaseException().Message}";
        return new SqliteBackupException(failure, target, message, innerException: exception);
    }

    /// <summary>For what somebody else ended.</summary>
    public static ErrorRecord CreateStopped(SqliteBackupException exception, string target) =>
        new(exception, exception.Failure.ToString(), ErrorCategory.OperationStopped, target);

    /// <summary>For an id that no backup has, or none that ended lately.</summary>
    public static ErrorRecord CreateNoSuchBackup(string id) =>
        new(
            new ItemNotFoundException(
                $"There is no backup '{id}'. It may have ended more than five minutes ago; Get-SqliteBackupProgress lists those that there are."),
            "BackupNotFound",
            ErrorCategory.ObjectNotFound,
            id);

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
        BackupFailure.DestinationMissing or BackupFailure.BackupNotFound or BackupFailure.RepositoryNotFound => ErrorCategory.ObjectNotFound,
        BackupFailure.InvalidOption or BackupFailure.PlanInvalid => ErrorCategory.InvalidArgument,
        BackupFailure.RepositoryLocked => ErrorCategory.ResourceBusy,
        BackupFailure.PasswordWrong or BackupFailure.IdentityMissing => ErrorCategory.AuthenticationError,
        BackupFailure.StoreUnavailable => ErrorCategory.ResourceUnavailable,
        BackupFailure.StoreRefused => ErrorCategory.PermissionDenied,
        BackupFailure.StoreCorrupt => ErrorCategory.InvalidData,
        BackupFailure.BackupStale => ErrorCategory.LimitsExceeded,
        BackupFailure.BackupFailed or BackupFailure.RestoreFailed => ErrorCategory.NotSpecified,
        _ => ErrorCategory.NotSpecified,
    };
}
