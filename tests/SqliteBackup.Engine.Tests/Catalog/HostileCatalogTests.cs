using System.Text.Json.Nodes;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>Manifests that lie, clocks that jump and files that only look like ours never cost a backup or a foreign file.</summary>
public sealed class HostileCatalogTests : IDisposable
{
    private static readonly DateTime Now = TestCatalog.Utc("2026-01-01T00:30:00");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_backup_from_the_future_never_pushes_out_the_one_that_was_just_made()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        CatalogBackup.Run(database, _folder["out/first.db"]);
        Edit("out/first.db", manifest => manifest["snapshotTakenAt"] = DateTime.UtcNow.AddYears(4).ToString("o"));

        BackupResult result = CatalogBackup.Run(
            database, _folder["out/second.db"], request => request with { Retention = new RetentionPolicy { KeepLast = 1 } });

        Assert.Equal(0, result.Removed);
        Assert.Equal(["first.db", "second.db"], _folder.Backups("out"));
        result = CatalogBackup.Run(
            database, _folder["out/third.db"], request => request with { Retention = new RetentionPolicy { KeepLast = 1 } });
        Assert.Equal(1, result.Removed);
        Assert.Equal(["first.db", "third.db"], _folder.Backups("out"));
    }

    [Fact]
    public void A_clock_that_was_put_back_does_not_cost_the_newest_content()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        CatalogBackup.Run(database, _folder["out/first.db"]);
        Edit("out/first.db", manifest => manifest["snapshotTakenAt"] = DateTime.UtcNow.AddMinutes(3).ToString("o"));
        CatalogBackup.Run(database, _folder["out/second.db"]);
        BackupResult third = CatalogBackup.Run(database, _folder["out/third.db"]);

        Assert.Equal(["third.db", "second.db", "first.db"], List().Select(backup => Path.GetFileName(backup.Backup)));
        Assert.InRange(List()[0].SnapshotTakenAt!.Value, third.StartedAt, DateTime.UtcNow);
        foreach (int minutes in (int[])[0, 2, 4, 60])
        {
            IReadOnlyList<RetentionDecision> plan = RetentionPlan.Make(List(), new RetentionPolicy { KeepLast = 1 }, DateTime.UtcNow.AddMinutes(minutes));
            Assert.Equal(
                [_folder["out/third.db"]],
                plan.Where(decision => decision.IsKept).Select(decision => decision.Entry.Backup!));
        }
    }

    [Fact]
    public void A_backup_from_the_future_does_not_hide_that_no_fresh_one_is_made()
    {
        string template = new SampleDatabase().Create(_folder["in/template"]);
        Directory.CreateDirectory(_folder["out"]);
        TestCatalog.Write(_folder["out"], template, DateTime.UtcNow.AddYears(1));
        string stale = TestCatalog.Write(_folder["out"], template, DateTime.UtcNow.AddDays(-3));

        Assert.Equal([stale], new BackupSelection { Latest = true, OlderThan = TimeSpan.FromDays(1) }.Of(List()).Select(backup => backup.Backup));
    }

    [Theory]
    [InlineData("2025-06-01T12:00:00+05:00")]
    [InlineData("2025-06-01T07:00:00Z")]
    [InlineData("2025-06-01T07:00:00")]
    [InlineData("2025-05-31T20:00:00-11:00")]
    public void Times_of_any_zone_are_the_same_instant(string time)
    {
        string path = TestCatalog.Write(_folder.Path, new SampleDatabase().Create(_folder["in/template"]), Now);
        Edit(Path.GetFileName(path), manifest => manifest["snapshotTakenAt"] = time);

        CatalogEntry entry = Assert.Single(FolderCatalog.List(_folder.Path, recurse: false, CancellationToken.None));

        Assert.Equal((TestCatalog.Utc("2025-06-01T07:00:00"), DateTimeKind.Utc), (entry.SnapshotTakenAt!.Value, entry.SnapshotTakenAt.Value.Kind));
        Assert.True(RetentionPlan.Make([entry], new RetentionPolicy { KeepDaily = 1, KeepWeekly = 1 }, Now).Single().IsKept);
    }

    [Theory]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Pacific/Kiritimati")]
    public void Days_are_those_of_the_calendar_in_every_zone(string id)
    {
        // Windows knows zones by these names through ICU, which these tests are built without.
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById(id, out TimeZoneInfo? zone), $"there is no time zone {id} here (package tzdata)");
        CatalogEntry[] year = [.. Enumerable.Range(0, 365 * 24).Select(hour => TestCatalog.Entry(Now.AddHours(-hour)))];

        DateTime[] kept =
        [
            .. RetentionPlan.Make(year, new RetentionPolicy { KeepDaily = 300, Zone = zone }, Now)
                .Where(decision => decision.IsKept).Select(decision => TimeZoneInfo.ConvertTimeFromUtc(decision.Entry.SnapshotTakenAt!.Value, zone)),
        ];

        Assert.Equal(300, kept.Select(time => time.Date).Distinct().Count());
        Assert.Equal(300, kept.Length);
        Assert.All(kept.Skip(1), time => Assert.Equal(23, time.Hour));
    }

    [Fact]
    public void The_ends_of_time_do_no_harm()
    {
        CatalogEntry[] all = [TestCatalog.Entry(DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc)), TestCatalog.Entry(Now), TestCatalog.Entry(DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc))];
        var most = new RetentionPolicy
        {
            KeepLast = int.MaxValue, KeepHourly = int.MaxValue, KeepDaily = int.MaxValue, KeepWeekly = int.MaxValue, KeepMonthly = int.MaxValue,
            KeepYearly = int.MaxValue, KeepWithin = TimeSpan.MaxValue, OlderThan = TimeSpan.MaxValue,
        };

        Assert.All(RetentionPlan.Make(all, most, Now), decision => Assert.True(decision.IsKept));
        Assert.Throws<ArgumentException>(() => RetentionPlan.Make(all, new RetentionPolicy { OlderThan = TimeSpan.FromDays(-1) }, Now));
        Assert.Throws<ArgumentException>(() => RetentionPlan.Make(all, new RetentionPolicy { KeepWithin = TimeSpan.MinValue }, Now));
        Assert.Equal(
            [true, true, false],
            RetentionPlan.Make(all, new RetentionPolicy { KeepLast = int.MinValue, KeepDaily = -1, OlderThan = TimeSpan.Zero }, Now).Select(decision => decision.IsKept));
    }

    [Fact]
    public void A_manifest_that_claims_a_check_which_was_none_is_not_believed()
    {
        CatalogBackup.Run(new SampleDatabase().Create(_folder["app.db"]), _folder["out/copy.db"], request => request with { Verify = VerifyLevel.None });
        Edit("out/copy.db", manifest => manifest["check"]!["answer"] = "Ok");

        Assert.False(Assert.Single(List()).Verified);
    }

    [Fact]
    public void A_manifest_that_claims_a_damaged_file_to_be_good_is_found_out_and_then_nothing_is_removed()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        CatalogBackup.Run(database, _folder["out/old.db"]);
        CatalogBackup.Run(database, _folder["out/new.db"]);
        Damage("out/new.db");
        Assert.True(List()[0].Verified);

        BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = _folder["out/new.db"] }, CancellationToken.None);
        Assert.Equal(BackupTestStatus.Corrupt, result.Status);
        Assert.True(TestRecord.Write(result));

        Assert.Equal(("new.db", false, CheckStatus.Corrupt), (Path.GetFileName(List()[0].Backup), List()[0].Verified, List()[0].Check));
        Assert.All(RetentionPlan.Make(List(), new RetentionPolicy { KeepLast = 1 }, DateTime.UtcNow), decision => Assert.True(decision.IsHeldByFailedCheck));
        CatalogBackup.Run(database, _folder["out/newest.db"]);
        Assert.Equal(
            ["newest.db"],
            RetentionPlan.Make(List(), new RetentionPolicy { KeepLast = 1 }, DateTime.UtcNow).Where(decision => decision.IsKept).Select(decision => Path.GetFileName(decision.Entry.Backup)));
    }

    [Fact]
    public void A_test_that_finds_what_was_known_writes_nothing()
    {
        CatalogBackup.Run(new SampleDatabase().Create(_folder["app.db"]), _folder["out/copy.db"]);
        string[] before = FolderSnapshot.Take(_folder["out"]);

        Assert.False(TestRecord.Write(BackupTest.Run(new BackupTestRequest { Path = _folder["out/copy.db"] }, CancellationToken.None)));

        Assert.Equal(before, FolderSnapshot.Take(_folder["out"]));
    }

    [Theory]
    [InlineData(VerifyLevel.Quick, false)]
    [InlineData(VerifyLevel.Full, true)]
    public void Only_a_check_as_thorough_takes_back_that_a_backup_is_damaged(VerifyLevel level, bool isTakenBack)
    {
        CatalogBackup.Run(new SampleDatabase().Create(_folder["app.db"]), _folder["out/copy.db"]);
        Edit("out/copy.db", manifest => (manifest["check"]!["answer"], manifest["check"]!["level"]) = ("Corrupt", "Full"));

        Assert.Equal(isTakenBack, TestRecord.Write(BackupTest.Run(new BackupTestRequest { Path = _folder["out/copy.db"], Level = level }, CancellationToken.None)));

        Assert.Equal(isTakenBack, Assert.Single(List()).Verified);
    }

    [Theory]
    [InlineData("../../elsewhere/victim.db")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void The_path_in_a_manifest_is_a_name_and_leads_nowhere(string path)
    {
        string victim = new SampleDatabase().Create(_folder["elsewhere/victim.db"]);
        string template = new SampleDatabase().Create(_folder["in/template"]);
        Directory.CreateDirectory(_folder["out/a/b"]);
        string[] backups = [.. Enumerable.Range(1, 3).Select(day => TestCatalog.Write(_folder["out/a/b"], template, Now.AddDays(-day)))];
        foreach (string backup in backups)
        {
            Edit(Path.GetRelativePath(_folder.Path, backup), manifest => manifest["source"]!["path"] = path);
        }

        foreach (RetentionDecision decision in RetentionPlan.Make(
            FolderCatalog.List(_folder["out/a/b"], recurse: false, CancellationToken.None), new RetentionPolicy { KeepLast = 1 }, Now).Where(decision => !decision.IsKept))
        {
            BackupRemoval.Run(decision);
        }

        Assert.True(File.Exists(victim));
        Assert.Equal(path.Length == 0 ? 3 : 1, _folder.Backups("out/a/b").Length);
    }

    [Theory]
    [InlineData("{\"formatVersion\": \"1.1\", \"component\": {}}")]
    [InlineData("{\"name\": \"x\", \"formatVersion\": 1}")]
    [InlineData("[{\"formatVersion\": 1, \"source\": 1}]")]
    public void Another_programs_file_that_has_one_of_our_words_is_not_replaced(string text)
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/copy.db.json"], text);

        BackupRun.Fails(BackupFailure.DestinationExists, () => CatalogBackup.Run(database, _folder["out/copy.db"], request => request with { Overwrite = true }));

        Assert.Equal(text, File.ReadAllText(_folder["out/copy.db.json"]));
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void A_backup_that_a_program_has_made_its_database_is_not_removed(string suffix)
    {
        string template = new SampleDatabase().Create(_folder["in/template"]);
        Directory.CreateDirectory(_folder["out"]);
        string used = TestCatalog.Write(_folder["out"], template, Now.AddDays(-2));
        TestCatalog.Write(_folder["out"], template, Now.AddDays(-1));
        File.WriteAllText(used + suffix, "");
        RetentionDecision decision = Assert.Single(RetentionPlan.Make(List(), new RetentionPolicy { KeepLast = 1 }, Now), decision => !decision.IsKept);

        BackupRun.Fails(BackupFailure.BackupFailed, () => BackupRemoval.Run(decision));

        Assert.True(File.Exists(used) && File.Exists(used + ".json"));
    }

    [Fact]
    public void A_pipe_where_a_manifest_would_be_hangs_nobody_and_stays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such pipes");
        string database = new SampleDatabase().Create(_folder["app.db"]);
        CatalogBackup.Run(database, _folder["out/copy.db"]);
        File.Delete(_folder["out/copy.db.json"]);
        MakePipe("out/copy.db.json");
        MakePipe("out/other.db");

        Assert.Equal(ManifestState.Damaged, Assert.Single(List()).ManifestState);
        Assert.True(RetentionPlan.Make(List(), new RetentionPolicy { OlderThan = TimeSpan.Zero }, DateTime.UtcNow.AddDays(1)).Single().IsKept);
        BackupRun.Fails(BackupFailure.DestinationExists, () => CatalogBackup.Run(database, _folder["out/copy.db"], request => request with { Overwrite = true }));
        Assert.Equal(["copy.db", "copy.db.json", "other.db"], _folder.Files("out"));
    }

    [Fact]
    public void An_unchecked_backup_after_a_failed_check_removes_nothing_and_says_so()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        CatalogBackup.Run(database, _folder["out/a.db"]);
        CatalogBackup.Run(database, _folder["out/b.db"]);
        Edit("out/b.db", manifest => manifest["check"]!["answer"] = "Corrupt");
        var observer = new RecordingObserver();

        CatalogBackup.Run(
            database,
            _folder["out/c.db"],
            request => request with { Verify = VerifyLevel.None, Retention = new RetentionPolicy { KeepLast = 1 } },
            observer);

        Assert.Equal(["a.db", "b.db", "c.db"], _folder.Backups("out"));
        Assert.Contains("newest check", Assert.Single(observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_whose_latest_backup_is_damaged_has_no_fresh_one()
    {
        CatalogBackup.Run(new SampleDatabase().Create(_folder["app.db"]), _folder["out/copy.db"]);
        var selection = new BackupSelection { Latest = true, OlderThan = TimeSpan.FromDays(1) };
        Assert.Empty(selection.Of(List()));

        Edit("out/copy.db", manifest => manifest["check"]!["answer"] = "Corrupt");

        Assert.Equal(_folder["out/copy.db"], Assert.Single(selection.Of(List())).Backup);
        Assert.Empty((selection with { Latest = false }).Of(List()));
    }

    private void MakePipe(string name)
    {
        using var process = System.Diagnostics.Process.Start("mkfifo", [_folder[name]]);
        process.WaitForExit();
    }

    private void Edit(string backup, Action<JsonNode> edit)
    {
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(_folder[backup + ".json"]))!;
        edit(manifest);
        File.WriteAllText(_folder[backup + ".json"], manifest.ToJsonString());
    }

    private void Damage(string backup)
    {
        using FileStream file = File.OpenWrite(_folder[backup]);
        file.Position = file.Length / 2;
        file.Write(new byte[8192]);
    }

    private IReadOnlyList<CatalogEntry> List() => FolderCatalog.List(_folder["out"], recurse: false, CancellationToken.None);
}
