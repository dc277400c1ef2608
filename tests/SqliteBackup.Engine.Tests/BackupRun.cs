using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests;

/// <summary>Runs backups for tests, and looks at what became of them.</summary>
internal static class BackupRun
{
    public static BackupResult Run(
        string database,
        string destination,
        CopyOptions? copy = null,
        IBackupObserver? observer = null,
        bool overwrite = false,
        VerifyLevel verify = VerifyLevel.Quick,
        CancellationToken? cancel = null) =>
        DatabaseBackup.Run(
            new BackupRequest
            {
                Database = database,
                Destination = destination,
                Copy = copy ?? new CopyOptions(),
                Overwrite = overwrite,
                Verify = verify,
            },
            observer,
            cancel ?? TestContext.Current.CancellationToken);

    public static SqliteBackupException Fails(BackupFailure expected, Func<object> run)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(run);
        Assert.Equal(expected, exception.Failure);
        return exception;
    }

    /// <summary>Asserts that a backup is one whole file that another build of SQLite finds nothing wrong with, and that it is one instant.</summary>
    public static LedgerState AssertGood(string destination)
    {
        foreach (string suffix in (string[])["-wal", "-shm", "-journal"])
        {
            Assert.False(File.Exists(destination + suffix), $"{destination}{suffix} was left");
        }

        Assert.Equal("delete", SampleDatabase.Scalar<string>(destination, "PRAGMA journal_mode"));
        Assert.Equal("ok", SampleDatabase.Scalar<string>(destination, "PRAGMA integrity_check"));
        if (Judge.Missing is null)
        {
            Assert.Equal("ok", Judge.IntegrityCheck(destination));
        }

        LedgerState state = Ledger.Read(destination);
        Assert.True(state.IsOneInstant, state.ToString());
        return state;
    }
}

/// <summary>Keeps what a backup said, and may act on it.</summary>
internal sealed class RecordingObserver(Action<BackupProgress>? onProgress = null) : IBackupObserver
{
    public List<BackupProgress> Progress { get; } = [];

    public List<string> Warnings { get; } = [];

    public void OnProgress(BackupProgress progress)
    {
        Progress.Add(progress);
        onProgress?.Invoke(progress);
    }

    public void OnWarning(string message) => Warnings.Add(message);
}
