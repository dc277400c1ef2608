using FsCheck;
using FsCheck.Fluent;
using SqliteBackup.Catalog;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>The rules keep what restic's keep (doc/060_forget.rst, "Removing snapshots according to a policy").</summary>
public sealed class RetentionTests
{
    private static readonly DateTime Now = TestCatalog.Utc("2026-01-01T00:30:00");

    [Fact]
    public void A_year_of_hourly_backups_is_pruned_to_the_listed_ones()
    {
        CatalogEntry[] year = [.. Enumerable.Range(0, 365 * 24).Select(hour => TestCatalog.Entry(TestCatalog.Utc("2025-01-01").AddHours(hour)))];
        var policy = new RetentionPolicy { KeepHourly = 24, KeepDaily = 7, KeepWeekly = 5, KeepMonthly = 12, KeepYearly = 3, Zone = TimeZoneInfo.Utc };

        string[] expected =
        [
            .. Enumerable.Range(0, 24).Select(hour => $"2025-12-31 {hour:00}"),
            .. Enumerable.Range(25, 6).Select(day => $"2025-12-{day} 23"),
            "2025-12-21 23", "2025-12-14 23", "2025-12-07 23",
            "2025-11-30 23", "2025-10-31 23", "2025-09-30 23", "2025-08-31 23", "2025-07-31 23", "2025-06-30 23",
            "2025-05-31 23", "2025-04-30 23", "2025-03-31 23", "2025-02-28 23", "2025-01-31 23",
            "2025-01-01 00",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Kept(year, policy));
    }

    [Theory]
    [InlineData("KeepDaily", 5, "2025-04-25 23, 2025-04-28 11, 2025-04-29 11, 2025-05-01 11, 2025-05-02 23")]
    [InlineData("KeepLast", 2, "2025-05-02 11, 2025-05-02 23")]
    [InlineData("KeepWeekly", 2, "2025-04-25 23, 2025-05-02 23")]
    [InlineData("KeepWeekly", 3, "2025-04-21 11, 2025-04-25 23, 2025-05-02 23")]
    [InlineData("KeepMonthly", 1, "2025-05-02 23")]
    [InlineData("KeepYearly", 1, "2025-05-02 23")]
    [InlineData("KeepWithin", 1, "2025-05-02 11, 2025-05-02 23")]
    [InlineData("OlderThan", 246, "2025-04-30 11, 2025-05-01 11, 2025-05-02 11, 2025-05-02 23")]
    public void The_example_of_resticss_manual_comes_out_as_it_says(string rule, int count, string expected)
    {
        string[] times =
        [
            "2025-04-21 11", "2025-04-22 11", "2025-04-23 11", "2025-04-24 11", "2025-04-25 11", "2025-04-25 23", "2025-04-28 11",
            "2025-04-29 11", "2025-05-01 11", "2025-05-02 11", "2025-05-02 23",
        ];
        var policy = new RetentionPolicy { Zone = TimeZoneInfo.Utc };
        policy = rule switch
        {
            "KeepLast" => policy with { KeepLast = count },
            "KeepDaily" => policy with { KeepDaily = count },
            "KeepWeekly" => policy with { KeepWeekly = count },
            "KeepMonthly" => policy with { KeepMonthly = count },
            "KeepYearly" => policy with { KeepYearly = count },
            "KeepWithin" => policy with { KeepWithin = TimeSpan.FromDays(count) },
            _ => policy with { OlderThan = TimeSpan.FromDays(count) },
        };
        string[] wanted = expected.Split(", ");

        Assert.Equal(wanted.Intersect(times), Kept([.. times.Select(time => TestCatalog.Entry(TestCatalog.Utc(time + ":00")))], policy));
    }

    [Fact]
    public void Each_database_is_counted_by_itself_and_so_is_each_machine()
    {
        CatalogEntry first = TestCatalog.Entry(Now.AddDays(-1), "/srv/a.db");
        CatalogEntry other = first with { Manifest = first.Manifest! with { Source = new ManifestSource("/srv/a.db", "elsewhere", "") }, Backup = "/backup/x" };

        Assert.All(
            RetentionPlan.Make([first, other, TestCatalog.Entry(Now.AddDays(-2), "/srv/b.db")], new RetentionPolicy { KeepLast = 1 }, Now),
            decision => Assert.True(decision.IsKept));
    }

    [Fact]
    public void The_newest_verified_backup_stays_although_newer_ones_are_not_verified()
    {
        CatalogEntry verified = TestCatalog.Entry(Now.AddDays(-9));
        CatalogEntry[] all = [verified, TestCatalog.Entry(Now.AddDays(-1), check: CheckStatus.NotChecked), TestCatalog.Entry(Now.AddDays(-10))];

        RetentionDecision[] kept = [.. RetentionPlan.Make(all, new RetentionPolicy { KeepLast = 1 }, Now).Where(decision => decision.IsKept)];

        Assert.Equal([["last"], ["newest verified backup"]], kept.Select(decision => decision.Reasons));
    }

    [Theory]
    [InlineData(CheckStatus.Corrupt)]
    [InlineData(CheckStatus.CouldNotBeChecked)]
    public void Nothing_goes_while_the_newest_check_failed(CheckStatus answer)
    {
        CatalogEntry[] all = [TestCatalog.Entry(Now.AddDays(-1), check: answer), TestCatalog.Entry(Now.AddDays(-2)), TestCatalog.Entry(Now.AddDays(-3))];

        Assert.All(RetentionPlan.Make(all, new RetentionPolicy { KeepLast = 1 }, Now), decision => Assert.True(decision.IsHeldByFailedCheck));
    }

    [Fact]
    public void An_old_backup_that_was_checked_last_and_failed_holds_all_too()
    {
        CatalogEntry old = TestCatalog.Entry(Now.AddDays(-3), check: CheckStatus.Corrupt);
        old = old with { Manifest = old.Manifest! with { Check = new ManifestCheck(VerifyLevel.Full, CheckStatus.Corrupt, Now, TestCatalog.NoHash) } };

        Assert.All(
            RetentionPlan.Make([TestCatalog.Entry(Now.AddDays(-1)), TestCatalog.Entry(Now.AddDays(-2)), old], new RetentionPolicy { KeepLast = 1 }, Now),
            decision => Assert.True(decision.IsHeldByFailedCheck));
    }

    [Fact]
    public void A_file_without_a_manifest_stays_whatever_the_rules_are()
    {
        var foreign = new CatalogEntry { Backup = "/backup/live.db", SnapshotTakenAt = Now.AddYears(-5), ManifestState = ManifestState.Missing };

        Assert.True(RetentionPlan.Make([foreign], new RetentionPolicy { OlderThan = TimeSpan.FromDays(1) }, Now).Single().IsKept);
    }

    [Fact]
    public void A_backup_from_the_future_does_not_make_the_others_old()
    {
        CatalogEntry[] all = [TestCatalog.Entry(Now.AddYears(1)), TestCatalog.Entry(Now.AddHours(-1)), TestCatalog.Entry(Now.AddHours(-2))];

        Assert.All(RetentionPlan.Make(all, new RetentionPolicy { KeepWithin = TimeSpan.FromDays(1) }, Now), decision => Assert.True(decision.IsKept));
    }

    [Fact]
    public void No_rules_ever_remove_the_newest_verified_backup() => Check((backups, policy) =>
    {
        RetentionDecision[] plan = [.. RetentionPlan.Make(backups, policy, Now)];
        return backups.GroupBy(backup => backup.Database).All(database =>
        {
            CatalogEntry? newest = database.Where(backup => backup.Verified).MaxBy(backup => backup.SnapshotTakenAt);
            IEnumerable<CatalogEntry> kept = plan.Where(decision => decision.IsKept).Select(decision => decision.Entry);
            return newest is null ? kept.Any(backup => backup.Database == database.Key) : kept.Any(backup => backup.Backup == newest.Backup);
        });
    });

    [Fact]
    public void A_second_run_removes_nothing_more() => Check((backups, policy) =>
    {
        CatalogEntry[] kept = [.. RetentionPlan.Make(backups, policy, Now).Where(decision => decision.IsKept).Select(decision => decision.Entry)];
        return RetentionPlan.Make(kept, policy, Now).All(decision => decision.IsKept);
    });

    [Fact]
    public void Another_rule_never_removes_what_was_kept_without_it() => Check((backups, policy) =>
    {
        HashSet<string> kept = [.. RetentionPlan.Make(backups, policy with { KeepMonthly = 0, KeepWithin = null }, Now)
            .Where(decision => decision.IsKept).Select(decision => decision.Entry.Backup!)];
        return kept.IsSubsetOf(RetentionPlan.Make(backups, policy, Now).Where(decision => decision.IsKept).Select(decision => decision.Entry.Backup!));
    });

    private static string[] Kept(CatalogEntry[] backups, RetentionPolicy policy) =>
    [
        .. RetentionPlan.Make(backups, policy, Now).Where(decision => decision.IsKept)
            .Select(decision => $"{decision.Entry.SnapshotTakenAt:yyyy-MM-dd HH}").Order(StringComparer.Ordinal),
    ];

    private static void Check(Func<CatalogEntry[], RetentionPolicy, bool> holds)
    {
        Gen<CatalogEntry> entry =
            from minutes in Gen.Choose(-500_000, 3_000)
            from database in Gen.Elements("/srv/a.db", "/srv/b.db")
            from check in Gen.Frequency((8, Gen.Constant(CheckStatus.Ok)), (3, Gen.Constant(CheckStatus.NotChecked)), (1, Gen.Constant(CheckStatus.Corrupt)))
            select TestCatalog.Entry(Now.AddMinutes(minutes), database, check);
        Gen<int> count = Gen.Choose(0, 6);
        Gen<TimeSpan?> age = Gen.Frequency((1, Gen.Constant<TimeSpan?>(null)), (1, Gen.Choose(0, 400).Select(days => (TimeSpan?)TimeSpan.FromDays(days))));
        Gen<RetentionPolicy> policy =
            from counts in count.ArrayOf(6)
            from within in age
            from older in age
            select new RetentionPolicy
            {
                KeepLast = counts[0],
                KeepHourly = counts[1],
                KeepDaily = counts[2],
                KeepWeekly = counts[3],
                KeepMonthly = counts[4],
                KeepYearly = counts[5],
                KeepWithin = within,
                OlderThan = older,
                Zone = TimeZoneInfo.Utc,
            };
        Gen<(CatalogEntry[], RetentionPolicy)> cases =
            from backups in entry.ArrayOf().Resize(60)
            from rules in policy
            select (backups.DistinctBy(backup => backup.Backup).ToArray(), rules);
        Prop.ForAll(cases.ToArbitrary(), value => holds(value.Item1, value.Item2)).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
