using System.Diagnostics;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>Four nights of one machine, each in a pwsh of its own: what is done, what is said, and to whom.</summary>
public sealed class PlanStoryTests : ModuleTest
{
    private const int Good = 46;
    private const string Name = "apps/app";

    private static readonly string[] Broken = ["apps/broken1.db", "apps/broken2.db", "apps/broken3.db"];
    private static readonly string[] Endings = ["/secret/start", "/secret/fail"];

    // Of fifty databases three are broken and one can't be read.
    [Fact]
    public void Nights_over_fifty_databases_are_told_as_they_were_and_a_killed_one_is_taken_up_by_the_next()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A name of bytes that are no UTF-8, which no program of .NET can open, is Linux's.");
        using var pings = new PingListener();
        Prepare();
        WritePlan(pings);

        // The first one: all that can be backed up is, at both places.
        JsonElement first = Night("first.json");
        Assert.Equal("Failed 1: 46 backed up, 0 unchanged, 3 failed, 46 copied", Totals(first));
        Assert.Equal(49, first.GetProperty("Databases").GetArrayLength());
        Assert.Contains("no UTF-8", Assert.Single(first.GetProperty("LeftOut").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(
            Broken.Select(name => Folder[name]),
            first.GetProperty("Databases").EnumerateArray().Where(row => row.GetProperty("Status").GetString() == "Failed").Select(row => row.GetProperty("Database").GetString()));
        Assert.Equal(Good, Folder.Backups("out").Length);
        Assert.Equal(3, first.GetProperty("Tested").GetInt32());
        AssertMetrics(nights: 1);
        AssertFreshness();

        // The second: one has not changed.
        ChangeAllButFirst();
        JsonElement second = Night("second.json");
        Assert.Equal("Failed 1: 46 backed up, 1 unchanged, 3 failed, 45 copied", Totals(second));
        Assert.Equal((2 * Good) - 1, Folder.Backups("out").Length);

        // The third is killed while it copies the last one.
        ChangeAllButFirst();
        WritePlan(pings, $", @{{ Path = '{Name}45.db'; PagesPerStep = 1; StepDelayMilliseconds = 1000 }}");
        using (ModuleProcess third = Start("third.json"))
        {
            WaitUntil(() => Folder.Files("out").Any(name => name.StartsWith("app45", StringComparison.Ordinal) && name.Contains(".partial-", StringComparison.Ordinal)));
            third.Kill();
        }

        // The fourth does what was left undone: one backup, and all the copies.
        WritePlan(pings);
        JsonElement fourth = Night("fourth.json");
        Assert.Equal("Failed 1: 46 backed up, 45 unchanged, 3 failed, 45 copied", Totals(fourth));
        Assert.DoesNotContain(Folder.Files("out"), name => name.Contains(".partial-", StringComparison.Ordinal));
        Assert.Equal((3 * Good) - 2, Folder.Backups("out").Length);
        Assert.Equal((3 * Good) - 2, Run("Get-SqliteBackup restic:repo -PasswordFile password").Output.Count);
        AssertMetrics(nights: 3);
        AssertFreshness();

        // The alarm: whoever waits for the third one's end waits in vain.
        Assert.Equal([.. Endings, .. Endings, Endings[0], .. Endings], pings.Requests.Select(request => request.Path));
        Assert.StartsWith("plan: Failed. 46 of 49 databases backed up, 3 failed, 1 left out, 46 copied, 3 tested; ", pings.Requests.ElementAt(1).Body, StringComparison.Ordinal);
        AssertLog();
        using Process removal = Process.Start("rm", ["-r", Folder["apps"]]);
        removal.WaitForExit();
    }

    private void Prepare()
    {
        foreach (int number in Enumerable.Range(0, Good))
        {
            Create($"{Name}{number:00}.db");
        }

        foreach (string name in Broken)
        {
            byte[] bytes = File.ReadAllBytes(Create(name, rows: 50));
            bytes.AsSpan(4096 * 5, 4096).Fill(0x55);
            File.WriteAllBytes(Folder[name], bytes);
        }

        using Process bash = Process.Start("bash", ["-c", $"cp '{Folder[Name]}00.db' '{Folder["apps"]}'/$'bad\\xff.db'"]);
        bash.WaitForExit();
        File.WriteAllText(Folder["password"], "secret\n");
        Run("$null = New-SqliteBackupRepository restic:repo -PasswordFile password").AssertClean();
    }

    private void WritePlan(PingListener pings, string more = "") => File.WriteAllText(Folder["plan.psd1"], $$"""
        @{
            Databases    = @{ Path = 'apps'; Recurse = $true }{{more}}
            Defaults     = @{ Compress = 'Zstd'; SkipUnchanged = $true }
            Destinations = @{ Location = 'out'; KeepLast = 9 }, @{ Location = 'restic:repo'; PasswordFile = 'password'; KeepDaily = 30; KeepLast = 9 }
            Test         = @{ Every = '30d'; Level = 'Quick' }
            FreshWithin  = '26h'
            Tell         = @{ Log = 'log.jsonl'; Metrics = 'night.prom'; Ping = '{{pings.Address}}secret' }
        }
        """);

    private void ChangeAllButFirst()
    {
        foreach (int number in Enumerable.Range(1, Good - 1))
        {
            using SqliteConnection database = SampleDatabase.Open(Folder[$"{Name}{number:00}.db"]);
            SampleDatabase.Execute(database, "PRAGMA synchronous=OFF; UPDATE filler SET data = randomblob(3500) WHERE id = 1");
        }
    }

    private ModuleProcess Start(string result) =>
        new(Folder.Path, $"Invoke-SqliteBackupPlan plan.psd1 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | ConvertTo-Json -Depth 4 | Set-Content {result}");

    private JsonElement Night(string result)
    {
        using ModuleProcess night = Start(result);
        int exitCode = night.Join();
        JsonElement told = JsonDocument.Parse(File.ReadAllText(Folder[result])).RootElement;
        Assert.Equal(exitCode, told.GetProperty("ExitCode").GetInt32());
        return told;
    }

    private static string Totals(JsonElement result) =>
        $"{result.GetProperty("Status")} {result.GetProperty("ExitCode")}: {result.GetProperty("BackedUp")} backed up, {result.GetProperty("Unchanged")} unchanged, "
        + $"{result.GetProperty("Failed")} failed, {result.GetProperty("Copied")} copied";

    private void AssertMetrics(int nights)
    {
        Dictionary<string, double> metrics = MetricsText.Read(Folder["night.prom"]);
        string Of(string metric, string database) => $"sqlitebackup_{metric}{{plan=\"plan\",database=\"{Folder[database]}\"}}";
        Assert.Equal(1, metrics["sqlitebackup_plan_last_run_exit_code{plan=\"plan\"}"]);
        Assert.Equal(1, metrics["sqlitebackup_plan_left_out{plan=\"plan\"}"]);
        Assert.Equal((1, 0), (metrics[Of("backup_success", $"{Name}00.db")], metrics[Of("backup_failures_total", $"{Name}00.db")]));
        Assert.All(Broken, name => Assert.Equal((0, nights), (metrics[Of("backup_success", name)], metrics[Of("backup_failures_total", name)])));
        Assert.InRange(metrics[Of("backup_last_success_timestamp_seconds", $"{Name}45.db")], DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal(new FileInfo(Folder[$"{Name}45.db"]).Length, metrics[Of("backup_bytes", $"{Name}45.db")]);
        Assert.DoesNotContain(Folder.Files(), name => name.StartsWith(".night", StringComparison.Ordinal));
    }

    private void AssertFreshness()
    {
        string names = string.Join(", ", Broken.Append($"{Name}*").Select(name => $"'{Folder[name]}'"));
        foreach (string place in (string[])["out", "restic:repo -PasswordFile password"])
        {
            RunOutcome rows = Run($"Get-SqliteBackup {place} -Latest -OlderThan 26h -Database {names}");
            Assert.Equal(Broken.Select(name => $"{Folder[name]} Missing"), rows.Output.Select(row => $"{row.Properties["Database"].Value} {row.Properties["Status"].Value}").Order(StringComparer.Ordinal));
        }
    }

    private void AssertLog()
    {
        JsonElement[] log = [.. File.ReadLines(Folder["log.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        string[] night = ["start", .. Enumerable.Repeat("database", 49), "end"];
        Assert.Equal([.. night, .. night, "start", .. night], log.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal([1, 1, 1], log.Where(line => line.GetProperty("event").GetString() == "end").Select(line => line.GetProperty("exitCode").GetInt32()));
    }
}
