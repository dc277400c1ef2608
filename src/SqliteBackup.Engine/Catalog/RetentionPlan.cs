using System.Globalization;

namespace SqliteBackup.Catalog;

/// <summary>
/// Decides which backups stay. Whatever the rules are, the newest verified backup of a database stays (or, where none is verified, its newest),
/// all of a database stay whose newest check failed, and so do files without a manifest: they may be anything. What a clock that was wrong
/// dated into the future stays too and does not count, or it would push out the backups that are made after it.
/// </summary>
public static class RetentionPlan
{
    /// <summary>How far clocks may be apart before a backup counts as dated into the future.</summary>
    internal static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Decides about the backups of a folder, each database's by themselves.</summary>
    /// <param name="backups">All backups of the folder: the rules count over them.</param>
    /// <param name="policy">The rules. An empty policy keeps nothing but what is always kept.</param>
    /// <param name="now">The present, UTC.</param>
    /// <returns>One decision for each backup, newest first within a database.</returns>
    /// <exception cref="ArgumentException">An age in the rules is negative.</exception>
    public static IReadOnlyList<RetentionDecision> Make(IEnumerable<CatalogEntry> backups, RetentionPolicy policy, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(backups);
        ArgumentNullException.ThrowIfNull(policy);
        if (policy.KeepWithin < TimeSpan.Zero || policy.OlderThan < TimeSpan.Zero)
        {
            throw new ArgumentException("An age can't be negative: every backup would be older.", nameof(policy));
        }

        var decisions = new List<RetentionDecision>();
        foreach (IGrouping<DatabaseKey?, CatalogEntry> database in backups.Where(backup => backup.Backup is not null).GroupBy(backup => backup.Key))
        {
            decisions.AddRange(database.Key is null
                ? database.Select(backup => new RetentionDecision(backup, ["no manifest says that it is a backup"]))
                : OfDatabase(BackupCatalog.Sort(database), policy, now));
        }

        return decisions;
    }

    private static IEnumerable<RetentionDecision> OfDatabase(IReadOnlyList<CatalogEntry> backups, RetentionPolicy policy, DateTime now)
    {
        if (NewestCheckFailed(backups))
        {
            return backups.Select(backup => new RetentionDecision(backup, [RetentionDecision.FailedCheck]));
        }

        ILookup<bool, CatalogEntry> isAhead = backups.ToLookup(backup => backup.SnapshotTakenAt > now + ClockTolerance);
        return isAhead[true].Select(backup => new RetentionDecision(backup, ["dated into the future by a clock that was wrong"]))
            .Concat(ByRules([.. isAhead[false]], policy, now));
    }

    private static IEnumerable<RetentionDecision> ByRules(IReadOnlyList<CatalogEntry> backups, RetentionPolicy policy, DateTime now)
    {
        if (backups.Count == 0)
        {
            return [];
        }

        List<string>[] reasons = [.. backups.Select(_ => new List<string>())];
        int protectedIndex = Math.Max(0, backups.ToList().FindIndex(backup => backup.Verified));
        reasons[protectedIndex].Add(backups[protectedIndex].Verified ? "newest verified backup" : "newest backup, none is verified");
        KeepByTime(backups, policy, now, reasons);
        foreach ((int count, string name, Func<DateTime, int, long> period) in Rules(policy))
        {
            KeepByCount(backups, count, name, policy.Zone, period, reasons);
        }

        return backups.Select((backup, index) => new RetentionDecision(backup, reasons[index]));
    }

    private static bool NewestCheckFailed(IReadOnlyList<CatalogEntry> backups)
    {
        CatalogEntry? checkedLast = backups.Where(backup => backup.Check != CheckStatus.NotChecked).MaxBy(backup => backup.Manifest!.Check.CheckedAt);
        return backups[0].IsBad || checkedLast?.Check is CheckStatus.Corrupt or CheckStatus.CouldNotBeChecked;
    }

    private static void KeepByTime(IReadOnlyList<CatalogEntry> backups, RetentionPolicy policy, DateTime now, List<string>[] reasons)
    {
        DateTime newest = backups[0].SnapshotTakenAt!.Value;
        for (int i = 0; i < backups.Count; i++)
        {
            DateTime taken = backups[i].SnapshotTakenAt!.Value;
            if (policy.KeepWithin is TimeSpan within && newest - taken <= within)
            {
                reasons[i].Add($"within {Text(within)} of the newest");
            }

            if (policy.OlderThan is TimeSpan age && now - taken <= age)
            {
                reasons[i].Add($"not older than {Text(age)}");
            }
        }
    }

    // The newest of each period, and the oldest backup while there is count left: restic's meaning of --keep-daily and its like.
    private static void KeepByCount(
        IReadOnlyList<CatalogEntry> backups, int count, string name, TimeZoneInfo zone, Func<DateTime, int, long> period, List<string>[] reasons)
    {
        long last = -1;
        for (int i = 0; i < backups.Count && count > 0; i++)
        {
            long current = period(TimeZoneInfo.ConvertTimeFromUtc(backups[i].SnapshotTakenAt!.Value, zone), i);
            bool isOldest = i == backups.Count - 1;
            if (current != last || isOldest)
            {
                reasons[i].Add(current == last ? $"oldest {name}" : name);
                last = current;
                count--;
            }
        }
    }

    private static (int Count, string Name, Func<DateTime, int, long> Period)[] Rules(RetentionPolicy policy) =>
    [
        (policy.KeepLast, "last", (_, index) => index),
        (policy.KeepHourly, "hourly", (time, _) => time.Ticks / TimeSpan.TicksPerHour),
        (policy.KeepDaily, "daily", (time, _) => time.Ticks / TimeSpan.TicksPerDay),
        (policy.KeepWeekly, "weekly", (time, _) => (ISOWeek.GetYear(time) * 100) + ISOWeek.GetWeekOfYear(time)),
        (policy.KeepMonthly, "monthly", (time, _) => (time.Year * 12) + time.Month),
        (policy.KeepYearly, "yearly", (time, _) => time.Year),
    ];

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
