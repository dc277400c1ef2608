using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>How well databases are backed up, and getting them back: by an instant, many at once, as a runbook.</summary>
public sealed class GettingBackTests : ModuleTest
{
    private static readonly string[] Runbook = ["one.db", "two.db"];

    [Fact]
    public void A_database_comes_back_as_it_was_at_an_instant_and_what_is_passed_over_is_told()
    {
        string database = Create("shop.db", rows: 10);
        DateTime[] times = [Local(1, 1), Local(1, 2), Local(1, 3), Local(1, 4)];
        string[] backups = [.. times.Select(time => BackUp(database, time))];
        Edit(backups[2], manifest => manifest["check"]!["answer"] = "NotChecked");

        Assert.Equal(backups[1], Restored("shop", "-At '2025-01-02 12:00'"));
        Assert.Equal(backups[1], Restored("shop.db", "-At '2025-01-02 00:00'"));
        Assert.Equal(backups[3], Restored("sho*", ""));
        RunOutcome third = Run("Restore-SqliteDatabase out -Database shop -At '2025-01-03 12:00' -Destination new.db -PassThru -Force -Confirm:$false");
        Assert.Equal(backups[1], third.Get<string>("Backup"));
        Assert.Contains("is newer and was not taken: it was never checked", Assert.Single(third.Warnings), StringComparison.Ordinal);
        Assert.Equal("BackupNotFound", Assert.Single(Run("Restore-SqliteDatabase out -Database shop -At '2024-12-31' -Destination x.db").Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void Of_a_year_of_hourly_backups_the_right_one_is_taken_each_time()
    {
        string database = Create("app.db", rows: 5);
        string template = BackUp(database, Local(1, 1));
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(template + ".json"))!.AsObject();
        var kept = new SortedDictionary<DateTime, string>();
        var random = new Random(17);
        Directory.CreateDirectory(Folder["year"]);
        for (DateTime taken = Local(1, 1); taken < Local(12, 31); taken = taken.AddHours(1))
        {
            if (random.Next(4) == 0)
            {
                continue;
            }

            bool isGood = random.Next(5) > 0;
            string path = Folder[$"year/app-{taken:yyyyMMddHH}.db"];
            File.Copy(template, path);
            manifest["snapshotTakenAt"] = taken;
            manifest["startedAt"] = taken;
            manifest["orderedAt"] = taken;
            manifest["check"]!["answer"] = isGood ? "Ok" : "NotChecked";
            File.WriteAllText(path + ".json", manifest.ToJsonString());
            if (isGood)
            {
                kept.Add(taken, path);
            }
        }

        for (int i = 0; i < Math.Max(3, TestScale.Count(20)); i++)
        {
            DateTime at = Local(1, 2).AddSeconds(random.Next(360 * 86_400));
            string expected = kept.Last(backup => backup.Key <= at).Value;
            string line = (string)Run($"Restore-SqliteDatabase year -Database app -At '{at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}' -Destination new.db -AsScript -WarningAction Ignore").Result.BaseObject;
            Assert.Equal($"Restore-SqliteDatabase -LiteralPath '{expected}' -Destination '{Folder["new.db"]}'", line);
        }
    }

    [Fact]
    public void Many_come_back_into_a_folder_under_their_names_and_the_runbook_does_the_same()
    {
        Create("one.db");
        Create("two.db");
        Run("Backup-SqliteDatabase one.db, two.db out/ -Compress Zstd").AssertClean();

        RunOutcome restored = Run("Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination restored/ -ThrottleLimit 2 -PassThru");

        restored.AssertClean();
        Assert.Equal(2, restored.Output.Count);
        Assert.Equal(Runbook, Folder.Files("restored"));
        RunOutcome script = Run("Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination again/ -AsScript -Verify Full -Force");
        script.AssertClean();
        Assert.Empty(Folder.Files("again"));
        Run(string.Join('\n', script.Output)).AssertClean();
        Assert.Equal(Runbook, Folder.Files("again"));
        Assert.All(script.Output, line => Assert.EndsWith("-Verify 'Full' -Force", line.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("it's.db")]
    [InlineData("x\u2019; $global:ran = 1; \u2018.db")]
    [InlineData("$(1) [a] `tick.db")]
    public void A_line_of_a_runbook_names_any_file_and_runs_nothing_else(string name)
    {
        Create(name);
        Run("Backup-SqliteDatabase -LiteralPath $args[0] -Destination out/", name).AssertClean();

        string line = (string)Run("Get-SqliteBackup out | Restore-SqliteDatabase -Destination restored/ -AsScript -SafetyCopyPath $args[0]", "undo\u2019s/").Result.BaseObject;

        Run(line).AssertClean();
        Assert.Equal([name], Folder.Files("restored"));
        Assert.Null(Run("$global:ran").Output.SingleOrDefault());
    }

    [Fact]
    public void A_rate_is_for_all_restores_of_the_command_together()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            new SampleDatabase { Megabytes = 1 }.Create(Folder[$"in/{name}.db"]);
        }

        RunOutcome outcome = Run("'in/*.db' | Restore-SqliteDatabase -Destination out/ -ThrottleLimit 3 -MaxBytesPerSecond 1500000 -PassThru");

        outcome.AssertClean();
        Assert.Equal(3, outcome.Output.Count);
        Assert.True(
            outcome.Output.Max(result => (TimeSpan)result.Properties["ThrottledFor"].Value) > TimeSpan.FromSeconds(1.2),
            "Three copies of a megabyte each took the rate thrice.");
    }

    [Fact]
    public void Two_for_one_file_are_seen_before_anything_is_written()
    {
        Create("a/app.db");
        Create("b/app.db");
        Run("Backup-SqliteDatabase a/app.db, b/app.db out/").AssertClean();

        RunOutcome outcome = Run("Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination restored/");

        Assert.Contains("2 backups were named for it", Assert.Single(outcome.Errors).ToString(), StringComparison.Ordinal);
        Assert.Empty(Folder.Files("restored"));
        Run("Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination restored/ -FileNameFormat '{name}-{timestamp:ffff}{extension}'").AssertClean();
    }

    [Fact]
    public void A_restore_runs_as_a_job_with_a_child_a_database()
    {
        Create("one.db");
        Create("two.db");
        Run("Backup-SqliteDatabase one.db, two.db out/").AssertClean();

        RunOutcome job = Run("$job = Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination restored/ -AsJob -PassThru; $null = $job.Finished.WaitOne(60000); $job");

        PSObject done = job.Result;
        Assert.Equal("Completed", ((Job)done.BaseObject).JobStateInfo.State.ToString());
        Assert.Equal(2, ((Job)done.BaseObject).ChildJobs.Count);
        Assert.Equal(Runbook, Folder.Files("restored"));
    }

    [Fact]
    public void A_restore_is_seen_and_stopped_from_another_session()
    {
        Create("app.db", rows: 3000);
        Run("Backup-SqliteDatabase app.db out/").AssertClean();
        string backup = Folder[Path.Combine("out", Folder.Backups("out")[0])];
        using PowerShell shell = Session.Create($"Restore-SqliteDatabase '{backup}' restored.db -MaxBytesPerSecond 20000");
        IAsyncResult running = shell.BeginInvoke();
        using var other = new ModuleSession();
        string id = "";
        WaitUntil(() => (id = string.Concat(other.Run("Get-SqliteBackupProgress").Output
            .Where(row => (string)row.Properties["Database"].Value == Folder["restored.db"] && (long)row.Properties["Remaining"].Value > 0)
            .Select(row => row.Properties["Id"].Value))).Length > 0);

        other.Run($"Stop-SqliteBackup {id}").AssertClean();

        shell.EndInvoke(running);
        Assert.Contains("was ended by Stop-SqliteBackup", Assert.Single(shell.Streams.Error).ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Folder["restored.db"]));
    }

    [Fact]
    public void Every_database_asked_for_has_a_row_that_says_how_well_it_is_backed_up()
    {
        string[] names = ["ok.db", "stale.db", "unverified.db", "damaged.db", "missing.db"];
        foreach (string name in names)
        {
            Create(name);
        }

        DateTime now = DateTime.UtcNow;
        BackUp(Folder["ok.db"], now);
        BackUp(Folder["stale.db"], now.AddDays(-3));
        DateTime good = now.AddDays(-2);
        BackUp(Folder["unverified.db"], good);
        Edit(BackUp(Folder["unverified.db"], now.AddHours(-1)), manifest => manifest["check"]!["answer"] = "NotChecked");
        Edit(BackUp(Folder["damaged.db"], now), manifest => manifest["check"]!["answer"] = "Corrupt");

        RunOutcome outcome = Run("Get-SqliteBackup out -Latest -Database ok.db, stale.db, unverified.db, damaged.db, missing.db, 'none*', never");

        Dictionary<string, PSObject> rows = outcome.Output.ToDictionary(row => Path.GetFileName((string)row.Properties["Database"].Value));
        Assert.Equal(6, rows.Count);
        Assert.Equal(["Ok", "Ok", "Unverified", "Damaged", "Missing", "Missing"], [.. names.Append("never").Select(name => $"{rows[name].Properties["Status"].Value}")]);
        Assert.Equal(good, (DateTime)rows["unverified.db"].Properties["Since"].Value, TimeSpan.FromSeconds(1));
        Assert.Null(rows["damaged.db"].Properties["Since"].Value);
        Assert.Equal(
            ["damaged.db Damaged", "missing.db Missing", "stale.db Stale"],
            Run("Get-SqliteBackup out -Latest -OlderThan 1d -Database ok.db, stale.db, damaged.db, missing.db").Output
                .Select(row => $"{Path.GetFileName((string)row.Properties["Database"].Value)} {row.Properties["Status"].Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_of_backups_is_tested_several_at_a_time()
    {
        Create("one.db", rows: 100);
        Create("two.db");
        Run("1..3 | & { process { Backup-SqliteDatabase one.db, two.db out/ } }").AssertClean();
        string newest = Folder.Backups("out").Last(name => name.StartsWith("one", StringComparison.Ordinal));
        byte[] bytes = File.ReadAllBytes(Folder[Path.Combine("out", newest)]);
        bytes.AsSpan(4096 * 5, 4096).Fill(0x55);
        File.WriteAllBytes(Folder[Path.Combine("out", newest)], bytes);

        RunOutcome all = Run("Test-SqliteBackup out -ThrottleLimit 3");
        RunOutcome latest = Run("Test-SqliteBackup out -Latest");

        Assert.Equal(6, all.Output.Count);
        Assert.Equal("Corrupt", Assert.Single(all.Output, row => row.Properties["Status"].Value.ToString() != "Ok").Properties["Status"].Value.ToString());
        Assert.Equal(2, latest.Output.Count);
        Assert.Contains("6 backups tested: 5 Ok, 1 Corrupt.", Session.Host.Text, StringComparison.Ordinal);
    }

    private string Restored(string name, string options) =>
        Run($"Restore-SqliteDatabase out -Database {name} {options} -Destination new.db -PassThru -Force -Confirm:$false").Get<string>("Backup");

    private static DateTime Local(int month, int day) => new DateTime(2025, month, day, 0, 0, 0, DateTimeKind.Local).ToUniversalTime();

    // A real backup, dated as if it had been made then.
    private string BackUp(string database, DateTime taken)
    {
        string backup = Run($"Backup-SqliteDatabase -LiteralPath '{database}' -Destination out/").Get<string>("Backup");
        Edit(backup, manifest =>
        {
            manifest["snapshotTakenAt"] = taken;
            manifest["startedAt"] = taken;
            manifest["orderedAt"] = taken;
        });
        return backup;
    }

    private static void Edit(string backup, Action<JsonObject> edit)
    {
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(backup + ".json"))!.AsObject();
        edit(manifest);
        File.WriteAllText(backup + ".json", manifest.ToJsonString());
    }
}
