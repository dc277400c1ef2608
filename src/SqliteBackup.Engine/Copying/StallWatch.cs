namespace SqliteBackup.Copying;

/// <summary>
/// Tells a stepped copy that will not end from one that will: no new low-water mark in the remaining pages for a while. The number of
/// restarts and the work they waste do not tell.
/// </summary>
internal sealed class StallWatch(TimeSpan window)
{
    // With long pauses between steps a window may hold a single restart, which is no stall.
    private const int MinRestarts = 3;

    // Fewer do not make a rhythm. Where commits come at random and this many fell into the copy's own time, the next gap is as long as that
    // time in one of 3,000 cases (e to the minus 8).
    private const int RestartsOfRhythm = 8;

    private int _lowest = int.MaxValue;
    private TimeSpan _lowestAt;
    private int _restartsAtLowest;

    /// <summary>Looks at the copy after a step.</summary>
    /// <param name="remaining">Pages still to copy.</param>
    /// <param name="copied">Pages that the step copied. A mark lower by less than half of that is only a step that came out a little longer.</param>
    /// <param name="restarts">Restarts so far.</param>
    /// <param name="now">The time.</param>
    /// <returns>For how many windows there has been no new low-water mark; 0 while it goes on well.</returns>
    public int Look(int remaining, int copied, int restarts, TimeSpan now)
    {
        if (remaining < _lowest - (copied / 2))
        {
            _lowest = remaining;
            Reset(restarts, now);
            return 0;
        }

        return restarts - _restartsAtLowest < MinRestarts ? 0 : (int)((now - _lowestAt) / window);
    }

    /// <summary>
    /// Whether commits come in such a rhythm that the copy will not end between two of them: many restarts in the time that it needs.
    /// Told sooner than by a window, for a copy that is short.
    /// </summary>
    /// <param name="restarts">Restarts so far.</param>
    /// <param name="now">The time.</param>
    /// <param name="expected">How long the copy takes when nothing is in its way.</param>
    public bool IsOutpaced(int restarts, TimeSpan now, TimeSpan expected) =>
        restarts - _restartsAtLowest >= RestartsOfRhythm && now - _lowestAt >= expected;

    /// <summary>The mean time between two restarts since the last low-water mark.</summary>
    /// <param name="restarts">Restarts so far.</param>
    /// <param name="now">The time.</param>
    public TimeSpan BetweenRestarts(int restarts, TimeSpan now) => (now - _lowestAt) / Math.Max(1, restarts - _restartsAtLowest);

    /// <summary>Gives the copy another window.</summary>
    public void Reset(int restarts, TimeSpan now)
    {
        _lowestAt = now;
        _restartsAtLowest = restarts;
    }
}
