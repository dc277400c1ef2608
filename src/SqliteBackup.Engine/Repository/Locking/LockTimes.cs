namespace SqliteBackup.Repository.Locking;

/// <summary>How long things take with locks: restic's own times, so that both mean the same by a lock.</summary>
internal sealed record LockTimes
{
    public static LockTimes Default { get; } = new();

    /// <summary>Between a lock's being written and the second look for others.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two signs of life.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After a sign of life that could not be given.</summary>
    public TimeSpan RefreshRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Since the last sign of life, when own work is given up.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromMinutes(22.5);

    /// <summary>Since the last sign of life, when others' locks no longer count.</summary>
    public TimeSpan Stale { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Between two tries to get a lock.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);
}
