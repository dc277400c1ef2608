using FsCheck;
using FsCheck.Fluent;
using SqliteBackup.Catalog;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>The right backup for an instant, over a year of hourly ones, against a model that is a loop.</summary>
public sealed class PointInTimeTests
{
    private static readonly DateTime Begin = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private const int Hours = 365 * 24;
    private const int Seconds = Hours * 3600;

    [Fact]
    public void Over_a_year_of_hourly_backups_it_is_the_newest_verified_one_of_the_instant_or_before()
    {
        Gen<(int At, int Outage, int Seed)> cases =
            from at in Gen.Choose(-3600, Seconds + 3600)
            from outage in Gen.Choose(0, Seconds)
            from seed in Gen.Choose(0, int.MaxValue)
            select (at, outage, seed);
        Prop.ForAll(cases.ToArbitrary(), value => Holds(Year(value.Seed, value.Outage), Begin.AddSeconds(value.At), value.Seed)).QuickCheckThrowOnFailure();
    }

    // The model: go through the year in its order, and remember.
    private static bool Holds(CatalogEntry[] year, DateTime instant, int seed)
    {
        CatalogEntry? expected = null;
        int newer = 0;
        foreach (CatalogEntry backup in year.Where(backup => backup.SnapshotTakenAt <= instant))
        {
            expected = backup.Verified ? backup : expected;
            newer = backup.Verified ? 0 : newer + 1;
        }

        PointInTimeChoice choice = PointInTime.Choose(Shuffled(year, seed), instant);
        return ReferenceEquals(choice.Backup, expected) && choice.PassedOver.Count == newer;
    }

    [Fact]
    public void The_instant_itself_counts_and_what_is_newer_and_unfit_is_named()
    {
        CatalogEntry good = Entry(0), bad = Entry(1, CheckStatus.Corrupt), untested = Entry(2, CheckStatus.NotChecked), later = Entry(3);

        PointInTimeChoice choice = PointInTime.Choose([bad, later, good, untested], Begin.AddHours(2));

        Assert.Same(good, choice.Backup);
        Assert.Equal([(untested, "it was never checked"), (bad, "it is known to be damaged")], choice.PassedOver.Select(passed => (passed.Backup, passed.Reason)));
        Assert.Same(later, PointInTime.Choose([good, later], Begin.AddHours(3)).Backup);
        Assert.Null(PointInTime.Choose([good], Begin.AddSeconds(-1)).Backup);
        Assert.Same(later, PointInTime.Choose([good, later], null).Backup);
    }

    [Fact]
    public void A_backup_from_the_future_is_not_the_newest()
    {
        CatalogEntry good = Entry(0), future = Entry(1) with { Age = TimeSpan.FromDays(-400) };

        PointInTimeChoice choice = PointInTime.Choose([future, good], null);

        Assert.Same(good, choice.Backup);
        Assert.Contains("future", Assert.Single(choice.PassedOver).Reason, StringComparison.Ordinal);
    }

    // Some nights fail, some are not checked, some are damaged, and one stretch of the year has none.
    private static CatalogEntry[] Year(int seed, int outage)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, Hours).Where(hour => random.Next(20) > 0 && Math.Abs((hour * 3600) - outage) > 100 * 3600)
                .Select(hour => random.Next(10) switch
                {
                    0 => Entry(hour, CheckStatus.NotChecked),
                    1 => Entry(hour, CheckStatus.Corrupt),
                    _ => Entry(hour),
                }),
        ];
    }

    private static CatalogEntry Entry(int hour, CheckStatus check = CheckStatus.Ok) => TestCatalog.Entry(Begin.AddHours(hour), check: check);

    private static CatalogEntry[] Shuffled(IEnumerable<CatalogEntry> backups, int seed)
    {
        CatalogEntry[] all = [.. backups];
        new Random(seed).Shuffle(all);
        return all;
    }
}
