namespace SqliteBackup.Catalog;

/// <summary>
/// Which backups of a database are kept. The words mean what they mean in restic and borg: each rule keeps what it keeps, and what any
/// rule keeps stays. Zero or null means that a rule is not used.
/// </summary>
/// <remarks>
/// An hour, a day, a week (from Monday), a month and a year are those of the calendar in <see cref="Zone"/>; only those in which there is a
/// backup count, and of each the newest backup is kept. Where a rule's count is not used up, the oldest backup is kept for it too, so that
/// history can grow to its full length.
/// </remarks>
public sealed record RetentionPolicy
{
    /// <summary>The newest so many backups.</summary>
    public int KeepLast { get; init; }

    /// <summary>The newest of each of the last so many hours.</summary>
    public int KeepHourly { get; init; }

    /// <summary>The newest of each of the last so many days.</summary>
    public int KeepDaily { get; init; }

    /// <summary>The newest of each of the last so many ISO weeks.</summary>
    public int KeepWeekly { get; init; }

    /// <summary>The newest of each of the last so many months.</summary>
    public int KeepMonthly { get; init; }

    /// <summary>The newest of each of the last so many years.</summary>
    public int KeepYearly { get; init; }

    /// <summary>All that are at most so much older than the database's newest backup.</summary>
    public TimeSpan? KeepWithin { get; init; }

    /// <summary>All that are not older than this, by the clock. Alone, it removes all that are.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Whose calendar counts. Default: this machine's.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Whether no rule is used.</summary>
    public bool IsEmpty =>
        KeepLast <= 0 && KeepHourly <= 0 && KeepDaily <= 0 && KeepWeekly <= 0 && KeepMonthly <= 0 && KeepYearly <= 0
        && KeepWithin is null && OlderThan is null;
}

/// <summary>What becomes of one backup.</summary>
/// <param name="Entry">The backup.</param>
/// <param name="Reasons">Why it is kept; empty where it goes.</param>
public sealed record RetentionDecision(CatalogEntry Entry, IReadOnlyList<string> Reasons)
{
    internal const string FailedCheck = "the newest check of this database's backups failed";

    /// <summary>Whether it stays.</summary>
    public bool IsKept => Reasons.Count > 0;

    /// <summary>Whether it stays because the newest check of the database's backups failed.</summary>
    public bool IsHeldByFailedCheck => Reasons is [FailedCheck];
}
