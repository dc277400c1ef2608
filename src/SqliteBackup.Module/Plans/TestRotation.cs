namespace SqliteBackup.Plans;

/// <summary>
/// Whose backups have their turn to be tested: in the time that the plan says, all of them have been. The work is spread over the runs.
/// </summary>
internal static class TestRotation
{
    // A night that is some minutes longer than a day is no reason to test one more.
    private const double Tolerance = 0.25;

    private static readonly TimeSpan BetweenRuns = TimeSpan.FromDays(1);

    /// <summary>Those that have waited longest, as many as a run's share, and all that have waited for the whole time.</summary>
    /// <param name="backups">Each with when it was last tested, or else first seen.</param>
    /// <param name="every">In what time all have their turn.</param>
    /// <param name="lastRun">When the last run began, or null where there was none.</param>
    /// <param name="now">The present.</param>
    public static IReadOnlyList<T> Due<T>(IReadOnlyList<(T Backup, DateTime Since, bool WasTested)> backups, TimeSpan every, DateTime? lastRun, DateTime now)
    {
        TimeSpan passed = lastRun is DateTime last && now > last ? now - last : BetweenRuns;
        double share = Math.Clamp(Math.Ceiling((backups.Count * (passed / every)) - Tolerance), 1, Math.Max(1, backups.Count));
        return
        [
            .. backups.OrderBy(backup => backup.WasTested).ThenBy(backup => backup.Since)
                .Where((backup, index) => index < share || now - backup.Since >= every)
                .Select(backup => backup.Backup),
        ];
    }
}
