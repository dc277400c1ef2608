using SqliteBackup.Platform;
using SqliteBackup.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Restore;

/// <summary>Where a backup may be restored to, and what a failure there means.</summary>
internal static class RestoreRules
{
    /// <summary>Throws unless a backup may be restored to the database.</summary>
    /// <returns>Whether the database exists.</returns>
    public static bool Check(RestoreRequest request)
    {
        string database = request.Database;
        if (Directory.Exists(database) || Path.EndsInDirectorySeparator(database))
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationOpenFailed, database, $"'{database}' is a folder. Name the database to restore.");
        }

        RegularFile.ThrowIfSpecial(database);
        string backup = RealPath.Of(request.Backup);
        string place = RealPath.Of(database);
        foreach (string suffix in Sidecars.WithDatabase)
        {
            if (FileStatus.IsSameFile(backup + suffix, place) || FileStatus.IsSameFile(backup, place + suffix))
            {
                throw new SqliteBackupException(
                    BackupFailure.DestinationIsSource, database, $"'{request.Backup}' and '{database}' are one database, perhaps through a link. Restore to another path.");
            }
        }

        if (FileStatus.Of(database) is null)
        {
            return new FileInfo(database).LinkTarget is string link
                ? throw new SqliteBackupException(
                    BackupFailure.DestinationOpenFailed, database, $"'{database}' is a link to '{link}', where nothing is. Restore to the path that it should lead to, or remove the link.")
                : false;
        }

        return request.Overwrite
            ? true
            : throw new SqliteBackupException(
                BackupFailure.DestinationExists, database, $"'{database}' exists. Use -Force to replace its content (a safety copy is made first), or restore to another path.");
    }

    /// <summary>Where the safety copy goes.</summary>
    public static string SafetyCopyPath(RestoreRequest request, string suffix)
    {
        string path = request.SafetyCopyPath ?? Path.GetDirectoryName(request.Database)!;
        return request.SafetyCopyPath is null || Directory.Exists(path) || Path.EndsInDirectorySeparator(path)
            ? Path.Combine(path, Path.GetFileName(request.Database) + suffix)
            : path;
    }

    /// <summary>What a failure means for a restore, or null where it already says so.</summary>
    public static SqliteBackupException? Translate(SqliteBackupException exception, string database)
    {
        if (exception.Path == database
            && (exception.Failure == BackupFailure.NotADatabase || exception.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB))
        {
            return new SqliteBackupException(
                BackupFailure.RestoreFailed,
                database,
                $"'{database}' is damaged or no database, so nothing can be restored into it, and it is as it was: {exception.Message} Stop what uses it, move it away with its -wal and -journal files, and restore to the path that is then free.",
                exception.SqliteExtendedErrorCode,
                exception);
        }

        if (exception.FileStands && exception.Path == database)
        {
            return new SqliteBackupException(BackupFailure.RestoreFailed, database, $"'{database}' was restored, but that may not last: {exception.Message}", innerException: exception)
            {
                FileStands = true,
            };
        }

        return exception.Failure == BackupFailure.BackupFailed
            ? new SqliteBackupException(
                BackupFailure.RestoreFailed, exception.Path, $"'{database}' was not restored and is as it was: {exception.Message}", exception.SqliteExtendedErrorCode, exception)
            : null;
    }
}
