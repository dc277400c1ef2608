namespace SqliteBackup.Registry;

/// <summary>
/// How one backup stands, whichever process of this user runs it, as of the moment it was read. Its time runs from when it was taken up to
/// now or to its end. Immutable; numbers are raw, in the unit that each states.
/// </summary>
public sealed record BackupStatus : BackupProgress
{
    /// <summary>What the backup is called on this machine, such as <c>5f0c21ab-3</c>.</summary>
    public required string Id { get; init; }

    /// <inheritdoc/>
    public override double? SecondsRemaining => IsEnded ? null : base.SecondsRemaining;

    /// <summary>When it was taken up, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>When it ended, UTC, or null while it has not.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>The last warning, or why it failed; null where there is nothing to say.</summary>
    public string? Message { get; init; }

    /// <summary>The process that runs it. For a person's eye: whether it lives is not judged by this number.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Whether it is over, well or not.</summary>
    public bool IsEnded => State is BackupState.Completed or BackupState.Failed or BackupState.Stopped;
}
