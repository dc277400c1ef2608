using System.Globalization;
using System.Text.Json.Nodes;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>Real files with set dates, pruned by the cmdlet: what restic's manual says stays, stays, and all else is gone.</summary>
public sealed class PruneTests : ModuleTest
{
    [Fact]
    public void A_year_of_hourly_backups_is_pruned_to_the_listed_ones()
    {
        JsonObject manifest = Manifest();
        DateTime end = LocalToUtc(new DateTime(2026, 1, 1));
        for (DateTime taken = LocalToUtc(new DateTime(2025, 1, 1)); taken < end; taken = taken.AddHours(1))
        {
            Write(manifest, TimeZoneInfo.ConvertTimeFromUtc(taken, TimeZoneInfo.Local).ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture) + $" {taken:MMddHH}", taken);
        }

        // The newest of each hour, day, ISO week, month and year that has any; and the oldest of all for the years that are still to come.
        string[] expected =
        [
            .. Enumerable.Range(0, 24).Select(hour => $"2025-12-31 {hour:00}"),
            "2025-12-25 23", "2025-12-26 23", "2025-12-27 23", "2025-12-28 23", "2025-12-29 23", "2025-12-30 23",
            "2025-12-07 23", "2025-12-14 23", "2025-12-21 23",
            "2025-01-31 23", "2025-02-28 23", "2025-03-31 23", "2025-04-30 23", "2025-05-31 23", "2025-06-30 23",
            "2025-07-31 23", "2025-08-31 23", "2025-09-30 23", "2025-10-31 23", "2025-11-30 23",
            "2025-01-01 00",
        ];
        int before = Folder.Backups("out").Length;
        Assert.Equal("WouldRemove", Run("Remove-SqliteBackup out -KeepHourly 24 -KeepDaily 7 -KeepWeekly 5 -KeepMonthly 12 -KeepYearly 3 -WhatIf | & { process { if ($_.Action -ne 'Kept') { \"$($_.Action)\" } } }").Output[0].ToString());
        Assert.Equal(before, Folder.Backups("out").Length);

        RunOutcome removed = Run("Remove-SqliteBackup out -KeepHourly 24 -KeepDaily 7 -KeepWeekly 5 -KeepMonthly 12 -KeepYearly 3 -Force");

        removed.AssertClean();
        Assert.Equal(expected.Order(StringComparer.Ordinal), Folder.Backups("out").Select(name => name["app ".Length..][..13]));
        Assert.Equal(expected.Length * 2, Folder.Files("out").Length);
        Assert.Equal(before - expected.Length, removed.Output.Count);
        Assert.Empty(Run("Remove-SqliteBackup out -KeepHourly 24 -KeepDaily 7 -KeepWeekly 5 -KeepMonthly 12 -KeepYearly 3 -Force").Output);
    }

    [Theory]
    [InlineData("OlderThan", "30")]
    [InlineData("OlderThan", "'30'")]
    [InlineData("OlderThan", "0")]
    [InlineData("OlderThan", "-1.00:00:00")]
    [InlineData("KeepWithin", "'-3d'")]
    [InlineData("KeepWithin", "7")]
    [InlineData("KeepWithin", "'99999999999d'")]
    [InlineData("KeepDaily", "-1")]
    [InlineData("KeepLast", "99999999999")]
    public void An_age_or_count_that_can_only_be_a_mistake_is_refused(string parameter, string value)
    {
        Create("app.db");
        Run("1..3 | & { process { Backup-SqliteDatabase app.db out/ } }").AssertClean();

        Run($"Remove-SqliteBackup out -{parameter} {value}").AssertRefused(parameter);
        Run($"Backup-SqliteDatabase app.db out/ -{parameter} {value}").AssertRefused(parameter);
        if (parameter == "OlderThan")
        {
            Run($"Get-SqliteBackup out -{parameter} {value}").AssertRefused(parameter);
        }

        Assert.Equal(3, Folder.Backups("out").Length);
    }

    [Theory]
    [InlineData("2d", 2)]
    [InlineData("2D", 2)]
    [InlineData("48h", 2)]
    [InlineData("'1w'", 5)]
    [InlineData("2.00:00:00", 2)]
    [InlineData("([timespan]::FromDays(2))", 2)]
    [InlineData("'0d'", 1)]
    public void Ages_are_written_short_or_as_time_spans(string age, int kept)
    {
        JsonObject manifest = Manifest();
        for (int day = 0; day < 5; day++)
        {
            Write(manifest, $"{day}", DateTime.UtcNow.AddDays(-day).AddMinutes(-1));
        }

        Assert.Equal(5 - kept, Run($"Remove-SqliteBackup out -OlderThan {age} -WhatIf | & {{ process {{ if ($_.Action -ne 'Kept') {{ $_ }} }} }}").Output.Count);
        Run($"Remove-SqliteBackup out -OlderThan {age} -Force").AssertClean();

        Assert.Equal(kept, Folder.Backups("out").Length);
    }

    [Fact]
    public void No_rule_is_not_taken_for_remove_everything()
    {
        Create("app.db");
        Run("1..2 | & { process { Backup-SqliteDatabase app.db out/ -KeepLast 0 } }").AssertClean();

        RunOutcome outcome = Run("Remove-SqliteBackup out -KeepLast 0 -KeepDaily 0");

        Assert.Contains("no rule", outcome.AssertError("InvalidOption", "Remove-SqliteBackup").Exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, Folder.Backups("out").Length);
    }

    [Fact]
    public void Names_with_brackets_are_names()
    {
        Create("my[1].db");
        Create("my1.db");
        Directory.CreateDirectory(Folder["out[x]"]);
        Directory.CreateDirectory(Folder["outx"]);
        Run("1..3 | & { process { Backup-SqliteDatabase -LiteralPath 'my[1].db', 'my1.db' 'out[x]/' } }").AssertClean();

        Assert.Equal(6, Run("Get-SqliteBackup -LiteralPath 'out[x]'").Output.Count);
        Assert.Equal(3, Run("Get-SqliteBackup -LiteralPath 'out[x]' -Database 'my[1].db'").Output.Count);
        Run("Get-SqliteBackup -LiteralPath 'out[x]' -Database 'my[1].db' -Latest | Restore-SqliteDatabase -Destination 'new[1].db' -Confirm:$false").AssertClean();
        Assert.Equal(Rows(Folder["my[1].db"]), Rows(Folder["new[1].db"]));
        Assert.All(Run("Get-SqliteBackup -LiteralPath 'out[x]' | Test-SqliteBackup").Output, result => Assert.Equal("Ok", result.Properties["Status"].Value.ToString()));
        Assert.Equal(2, Run("Remove-SqliteBackup -LiteralPath 'out[x]' -Database 'my[1].db' -KeepLast 1 -Force").Output.Count);
        Assert.Equal(2, Run("Get-SqliteBackup -LiteralPath 'out[x]' | Remove-SqliteBackup -Force").Output.Count);
        Assert.Equal(2, Folder.Backups("out[x]").Length);
    }

    [Fact]
    public void A_damaged_backup_that_a_test_found_holds_all_of_its_database()
    {
        Create("app.db", rows: 200);
        Run("1..3 | & { process { Backup-SqliteDatabase app.db out/ } }").AssertClean();
        string newest = Run("Get-SqliteBackup out -Latest").Get<string>("Backup");
        using (FileStream file = File.OpenWrite(newest))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[8192]);
        }

        Assert.Equal("Corrupt", Run("Test-SqliteBackup $args[0]", newest).Get<object>("Status").ToString());
        RunOutcome removed = Run("Remove-SqliteBackup out -KeepLast 1 -Force");

        Assert.Empty(removed.Output);
        Assert.Contains("newest check", Assert.Single(removed.Warnings), StringComparison.Ordinal);
        Assert.False((bool)Run("Get-SqliteBackup out -Latest").Result.Properties["Verified"].Value);
        Assert.Equal(3, Folder.Backups("out").Length);
    }

    private static DateTime LocalToUtc(DateTime local) => TimeZoneInfo.ConvertTimeToUtc(local, TimeZoneInfo.Local);

    // A manifest as the module writes it, to be given other dates.
    private JsonObject Manifest()
    {
        Create("template.db");
        string backup = Run("Backup-SqliteDatabase template.db made/").Backup;
        Directory.CreateDirectory(Folder["out"]);
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(backup + ".json"))!.AsObject();
        manifest["storedBytes"] = 1;
        return manifest;
    }

    // One byte stands for the backup: only its size is looked at.
    private void Write(JsonObject manifest, string name, DateTime taken, string database = "/srv/app.db")
    {
        string path = Folder[$"out/{Path.GetFileNameWithoutExtension(database)} {name}.db"];
        manifest["snapshotTakenAt"] = taken.ToString("o");
        manifest["check"]!["checkedAt"] = taken.ToString("o");
        manifest["source"]!["path"] = database;
        File.WriteAllBytes(path, [1]);
        File.WriteAllText(path + ".json", manifest.ToJsonString());
    }
}
