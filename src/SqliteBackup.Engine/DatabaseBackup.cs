namespace SqliteBackup.Engine;

/// <summary>Backs up one database to one file: open, copy, check, publish.</summary>
public static class DatabaseBackup
{
    /// <summary>The version of SQLite that makes the copies, such as 3.53.4.</summary>
    public static string SqliteVersion => throw new NotSupportedException();

    /// <summary>Runs a backup on the calling thread until it stands under its name.</summary>
    /// <param name="request">What to back up, and how.</param>
    /// <param name="observer">Hears of its progress, or null.</param>
    /// <param name="cancellationToken">Ends the backup within a step; nothing is left behind.</param>
    /// <returns>What the backup was.</returns>
    /// <exception cref="SqliteBackupException">The backup failed; nothing is left behind, and an existing file at the destination is untouched.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BackupResult Run(BackupRequest request, IBackupObserver? observer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
