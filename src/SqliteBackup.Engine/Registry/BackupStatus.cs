using System.Text.Json.Serialization;

namespace SqliteBackup.Registry;

/// <summary>
/// How one backup stands, whichever process of this user runs it, as of the moment it was read. Immutable; numbers are raw, in the unit that
/// each states.
/// </summary>
public sealed record BackupStatus
{
    /// <summary>What the backup is called on this machine, such as <c>5f0c21ab-3</c>.</summary>
    public required string Id { get; init; }

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

    /// <summary>0 to 100.</summary>
    [JsonIgnore]
    public double PercentComplete => PageCount == 0 ? 0 : 100.0 * (PageCount - Remaining) / PageCount;

    /// <summary>Bytes copied a second so far, time spent suspended not counted; 0 where nothing was copied.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Time since the backup was taken up, or from then to its end.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Seconds until the last page at this rate, or null while that cannot be told.</summary>
    [JsonIgnore]
    public double? SecondsRemaining =>
        !IsEnded && BytesPerSecond > 0 && PageCount > 0 ? Remaining * (double)PageSize / BytesPerSecond : null;

    /// <summary>How often the copy began again.</summary>
    public int Restarts { get; init; }

    /// <summary>The size of the source's WAL in bytes, 0 without one.</summary>
    public long WalBytes { get; init; }

    /// <summary>When it was taken up, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When it ended, UTC, or null while it has not.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>The last warning, or why it failed; null where there is nothing to say.</summary>
    public string? Message { get; init; }

    /// <summary>The process that runs it. For a person's eye: whether it lives is not judged by this number.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Whether it is over, well or not.</summary>
    [JsonIgnore]
    public bool IsEnded => State is BackupState.Completed or BackupState.Failed or BackupState.Stopped;
}
