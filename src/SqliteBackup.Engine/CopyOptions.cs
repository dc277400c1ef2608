namespace SqliteBackup;

/// <summary>How the pages are copied: the way, the pace and the bounds. Immutable.</summary>
public sealed record CopyOptions
{
    /// <summary><see cref="PagesPerStep"/> for all pages in one step.</summary>
    public const int AllPages = -1;

    /// <summary>How the copy ends although others write. Default: <see cref="CopyMode.Auto"/>.</summary>
    public CopyMode Mode { get; init; } = CopyMode.Auto;

    private readonly int? _pagesPerStep;

    /// <summary>
    /// Pages a step, 1 or more, or <see cref="AllPages"/>. Null (the default): as many as fit in <see cref="StepDuration"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is 0, which would never end, or another negative number.</exception>
    public int? PagesPerStep
    {
        get => _pagesPerStep;
        init => _pagesPerStep = value is 0 or < AllPages
            ? throw new ArgumentOutOfRangeException(nameof(value), value, "Give a positive number of pages, or -1 for all.")
            : value;
    }

    /// <summary>How long a step may hold the source's read lock where its size is not fixed by <see cref="PagesPerStep"/>. Default: 25 ms.</summary>
    public TimeSpan StepDuration { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>A pause between two steps. Default: none.</summary>
    public TimeSpan StepDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The most bytes a second to copy, or null (the default) for no limit.</summary>
    public long? MaxBytesPerSecond { get; init; }

    /// <summary>A rate that this copy shares with others, within which <see cref="MaxBytesPerSecond"/> bounds this one; or null (the default).</summary>
    public RateBudget? SharedRate { get; init; }

    /// <summary>The tighter of the two limits in bytes a second, or null for none.</summary>
    internal long? LowestRate => MaxBytesPerSecond is long own && !(SharedRate?.BytesPerSecond < own) ? own : SharedRate?.BytesPerSecond;

    /// <summary>How long to wait for one lock before giving up with <see cref="BackupFailure.SourceBusy"/>. Default: 30 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the whole backup may take before it ends with <see cref="BackupFailure.BackupTimedOut"/>, or null (the default) for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How many bytes a WAL may grow while a snapshot is held before pauses and the rate limit are lifted. Default: 1 GiB.
    /// </summary>
    public long MaxWalGrowth { get; init; } = 1L << 30;

    /// <summary>
    /// The longest time that one pass under a single read lock may keep writers of a rollback-journal database waiting. Default: 4 s,
    /// under the five seconds of busy timeout that most applications give themselves.
    /// </summary>
    public TimeSpan MaxWriterStall { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a stepped copy may go without a new low-water mark in its remaining pages before it counts as stalled; a short copy that many commits restart, after the time that it needs itself. Default: 1 s.</summary>
    public TimeSpan StallWindow { get; init; } = TimeSpan.FromSeconds(1);
}
