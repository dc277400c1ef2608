namespace SqliteBackup.Engine.Copying;

/// <summary>
/// Tells a stepped copy that will not end from one that will: no new low-water mark in the remaining pages for a while. The number of
/// restarts and the work they waste do not tell.
/// </summary>
internal sealed class StallWatch(TimeSpan window)
{
    // With long pauses between steps a window may hold a single restart, which is no stall.
    private const int FewestRestarts = 3;

    private int _lowest = int.MaxValue;
    private TimeSpan _lowestAt;
    private int _restartsAtLowest;

    /// <summary>Looks at the copy after a step.</summary>
    /// <returns>For how many windows there has been no new low-water mark; 0 while it goes on well.</returns>
    public int Look(int remaining, int restarts, TimeSpan now)
    {
        if (remaining < _lowest)
        {
            _lowest = remaining;
            Reset(restarts, now);
            return 0;
        }

        return restarts - _restartsAtLowest < FewestRestarts ? 0 : (int)((now - _lowestAt) / window);
    }

    /// <summary>Gives the copy another window.</summary>
    public void Reset(int restarts, TimeSpan now)
    {
        _lowestAt = now;
        _restartsAtLowest = restarts;
    }
}
