namespace SqliteBackup.Operation;

/// <summary>What a copy did, counted while it runs.</summary>
internal sealed class CopyStatistics
{
    /// <summary>How it was made.</summary>
    public CopyMode Mode { get; set; }

    /// <summary>Bytes a page.</summary>
    public int PageSize { get; set; }

    /// <summary>Pages in the source, as of the last step.</summary>
    public int PageCount { get; set; }

    public long Steps { get; set; }

    public long PagesCopied { get; set; }

    public int Restarts { get; set; }

    public int Escalations { get; set; }

    public TimeSpan MaxReadLock { get; private set; }

    public long WalBytes { get; private set; }

    public long PeakWalBytes { get; private set; }

    public TimeSpan ThrottledFor { get; set; }

    /// <summary>Time spent in steps: the rate over it is what the machine can do.</summary>
    public TimeSpan Stepping { get; set; }

    /// <summary>The instant, UTC, whose content the copy holds.</summary>
    public DateTime SnapshotTakenAt { get; set; }

    public void ReadLockHeld(TimeSpan duration) => MaxReadLock = duration > MaxReadLock ? duration : MaxReadLock;

    public void WalSeen(long bytes)
    {
        WalBytes = bytes;
        PeakWalBytes = Math.Max(PeakWalBytes, bytes);
    }

    /// <summary>How long copying this many pages should take without pauses.</summary>
    public TimeSpan Expect(int pages) => PagesCopied == 0 ? TimeSpan.Zero : Stepping * ((double)pages / PagesCopied);
}
