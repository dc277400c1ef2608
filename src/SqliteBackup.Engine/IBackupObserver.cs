namespace SqliteBackup;

/// <summary>Hears of a backup while it runs, on the thread that runs it. What it does there slows the copy down.</summary>
public interface IBackupObserver
{
    /// <summary>Called at each change of state and at most ten times a second in between.</summary>
    /// <param name="progress">How far it is.</param>
    void OnProgress(BackupProgress progress);

    /// <summary>Called when something needs a user's eye but does not stop the backup.</summary>
    /// <param name="message">What happened.</param>
    void OnWarning(string message);

    /// <summary>Called when something was decided or done that nobody has to know of: which way a copy goes and why, what a check came to.</summary>
    /// <param name="message">What, in a sentence.</param>
    void OnDetail(string message)
    {
    }
}
