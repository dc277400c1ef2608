namespace SqliteBackup.Restore;

/// <summary>
/// The pace of what is done under a live database's write lock. Its writers wait for every pause, and most applications give up after five
/// seconds: where the pauses of a limit would last longer than they may wait, the limit is lifted, and that is said.
/// </summary>
internal static class LockedPace
{
    /// <summary>The options to copy with while the lock is held.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="bytes">All that is copied under the lock.</param>
    /// <param name="database">The database.</param>
    /// <param name="warn">Told where the limit is lifted.</param>
    public static CopyOptions Bound(CopyOptions options, long bytes, string database, Action<string> warn)
    {
        double seconds = options.LowestRate is long rate ? (double)bytes / rate : 0;
        if (seconds <= options.MaxWriterStall.TotalSeconds)
        {
            return options;
        }

        warn($"The rate limit (-MaxBytesPerSecond) would keep the writers of '{database}' waiting for {seconds:0.#} seconds, and {options.MaxWriterStall.TotalSeconds:0.###} are allowed. It is lifted while the database is locked.");
        return options with { MaxBytesPerSecond = null, SharedRate = null, StepDelay = TimeSpan.Zero };
    }
}
