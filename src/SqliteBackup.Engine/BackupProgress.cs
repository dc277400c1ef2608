namespace SqliteBackup;

/// <summary>What a backup is doing.</summary>
public enum BackupState
{
    /// <summary>Not begun.</summary>
    Queued,

    /// <summary>Copying pages.</summary>
    Copying,

    /// <summary>Waiting; <see cref="BackupProgress.WaitingFor"/> says for what.</summary>
    Waiting,

    /// <summary>Suspended by a user.</summary>
    Paused,

    /// <summary>Checking the finished copy.</summary>
    Checking,

    /// <summary>Compressing the checked copy.</summary>
    Compressing,

    /// <summary>Encrypting the checked copy, where it is not compressed too.</summary>
    Encrypting,

    /// <summary>Writing the checked copy into a store or a repository.</summary>
    Uploading,

    /// <summary>Reading a backup from a store or a repository.</summary>
    Downloading,

    /// <summary>Flushing the copy and giving it its name.</summary>
    Publishing,

    /// <summary>Ended well.</summary>
    Completed,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Ended by a user.</summary>
    Stopped,
}

/// <summary>What a waiting backup waits for.</summary>
public enum BackupWait
{
    /// <summary>It does not wait.</summary>
    None,

    /// <summary>A lock that another process holds on the source.</summary>
    Lock,

    /// <summary>The next bytes that the rate limit allows.</summary>
    RateLimit,

    /// <summary>The end of the pause between two steps.</summary>
    StepDelay,
}

/// <summary>How far a backup is, as of its last step. Immutable: it can be handed to any thread.</summary>
public record BackupProgress
{
    /// <summary>The full path of the database.</summary>
    public required string Database { get; init; }

    /// <summary>The full path of the backup.</summary>
    public required string Backup { get; init; }

    /// <summary>What it is doing.</summary>
    public required BackupState State { get; init; }

    /// <summary>What it waits for, where <see cref="State"/> is <see cref="BackupState.Waiting"/>.</summary>
    public BackupWait WaitingFor { get; init; }

    /// <summary>Bytes a page, 0 before the first step.</summary>
    public int PageSize { get; init; }

    /// <summary>Pages in the source as of the last step, 0 before the first.</summary>
    public long PageCount { get; init; }

    /// <summary>Pages still to copy as of the last step.</summary>
    public long Remaining { get; init; }

    /// <summary>The size of the source in bytes as of the last step, 0 before the first.</summary>
    public long Bytes => PageCount * PageSize;

    /// <summary>0 to 100.</summary>
    public double PercentComplete => PageCount == 0 ? 0 : 100.0 * (PageCount - Remaining) / PageCount;

    /// <summary>Bytes copied a second so far, pauses and waits included but not suspension; 0 where nothing was copied.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Time since the backup began.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Seconds until the last page at this rate, or null while that cannot be told.</summary>
    public virtual double? SecondsRemaining => BytesPerSecond > 0 && PageCount > 0 ? Remaining * (double)PageSize / BytesPerSecond : null;

    /// <summary>How often the copy began again.</summary>
    public int Restarts { get; init; }

    /// <summary>How often a lock made it wait.</summary>
    public int BusyRetries { get; init; }

    /// <summary>The size of the source's WAL in bytes, 0 without one.</summary>
    public long WalBytes { get; init; }
}
