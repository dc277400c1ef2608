using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>A night over many databases, some of them in a bad way: what is done, what is said, and to whom.</summary>
public sealed partial class PlanRunTests : ModuleTest
{
    private static readonly string[] Totals = ["Status", "ExitCode", "BackedUp", "Unchanged", "Failed", "Copied"];

    [Fact]
    public void A_night_over_fifty_databases_is_told_as_it_was()
    {
        using var pings = new PingListener();
        for (int i = 0; i < 47; i++)
        {
            Create($"apps/app{i:00}.db");
        }

        Damage("apps/broken1.db");
        Damage("apps/broken2.db");
        Damage("apps/broken3.db");
        Write($$"""
            @{
                Databases    = @{ Path = 'apps'; Recurse = $true }, 'missing.db'
                Defaults     = @{ Compress = 'Zstd'; SkipUnchanged = $true }
                Destinations = @{ Location = 'out'; KeepLast = 2 }, @{ Location = 'copies'; KeepLast = 5 }
                Test         = @{ Every = '2d'; Level = 'Full' }
                FreshWithin  = '26h'
                Tell         = @{ Log = 'log.jsonl'; Metrics = 'night.prom'; Ping = '{{pings.Address}}secret?x=1' }
            }
            """);

        RunOutcome first = Run("Invoke-SqliteBackupPlan plan.psd1");
        RunOutcome second = Run("Invoke-SqliteBackupPlan plan.psd1");

        PSObject result = Assert.Single(first.Output);
        Assert.Equal("Failed 1 47 0 3 47", string.Join(' ', Totals.Select(name => Value(result, name))));
        Assert.Equal(50, Rows(result).Length);
        Assert.All(Rows(result).Where(row => row.Properties["Status"].Value.ToString() == "Failed"), row =>
            Assert.Contains("broken", (string)row.Properties["Database"].Value, StringComparison.Ordinal));
        Assert.Equal(
            [.. Enumerable.Repeat("BackupStale", 3), "FileNotFound", .. Enumerable.Repeat("IntegrityCheckFailed", 3)],
            first.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("missing.db", Assert.Single(Texts(result, "Problems")), StringComparison.Ordinal);

        // Two destinations of 47 backups, in two days: at least half of them each day.
        Assert.InRange((int)Value(result, "Tested"), 47, 94);
        Assert.Equal(47, Folder.Backups("out").Length);
        Assert.Equal(Folder.Files("out"), Folder.Files("copies"));
        Assert.Equal(47, Value(Assert.Single(second.Output), "Unchanged"));
        Assert.Equal(0, Value(second.Output[0], "Copied"));
        Assert.Equal(47, Run("Get-SqliteBackup copies | & { process { if ($_.Verified) { $_ } } }").Output.Count);

        Assert.Equal(["/secret/start?x=1", "/secret/fail?x=1", "/secret/start?x=1", "/secret/fail?x=1"], pings.Requests.Select(request => request.Path));
        Assert.StartsWith("plan: Failed. 47 of 50 databases backed up, 3 failed", pings.Requests.ElementAt(1).Body, StringComparison.Ordinal);

        JsonElement[] log = [.. File.ReadLines(Folder["log.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(2 * 52, log.Length);
        Assert.Equal(["start", .. Enumerable.Repeat("database", 50), "end"], log.Take(52).Select(line => line.GetProperty("event").GetString()));
        Assert.Equal(1, log[51].GetProperty("exitCode").GetInt32());

        Dictionary<string, double> metrics = Metrics(Folder["night.prom"]);
        Assert.Equal(1, metrics[$"sqlitebackup_backup_success{{plan=\"plan\",database=\"{Folder["apps/app00.db"]}\"}}"]);
        Assert.Equal(0, metrics[$"sqlitebackup_backup_success{{plan=\"plan\",database=\"{Folder["apps/broken1.db"]}\"}}"]);
        Assert.Equal(2, metrics[$"sqlitebackup_backup_failures_total{{plan=\"plan\",database=\"{Folder["apps/broken1.db"]}\"}}"]);
        Assert.DoesNotContain(Folder.Files(), name => name.StartsWith(".night", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_backup_has_its_turn_to_be_tested_and_a_damaged_one_is_found()
    {
        for (int i = 0; i < 6; i++)
        {
            Create($"app{i}.db");
        }

        Write("@{ Databases = 'app*.db'; Destinations = 'out'; Defaults = @{ SkipUnchanged = $true }; Test = @{ Every = '3d' } }");
        HashSet<string> tested = [];
        for (int night = 0; night < 3; night++)
        {
            RunOutcome outcome = Run("Invoke-SqliteBackupPlan plan.psd1");
            outcome.AssertClean();
            Assert.InRange((int)Value(outcome.Output[0], "Tested"), 1, 2);
            tested.UnionWith(Rows(outcome.Output[0]).SelectMany(row => Texts(row, "Tested")));
            PutBack(TimeSpan.FromDays(1));
        }

        Assert.Equal(6, tested.Count);

        string damaged = Folder[Path.Combine("out", Folder.Backups("out").First(name => name.StartsWith("app0", StringComparison.Ordinal)))];
        byte[] bytes = File.ReadAllBytes(damaged);
        bytes.AsSpan(5000, 3000).Fill(0x55);
        File.WriteAllBytes(damaged, bytes);
        RunOutcome found = Run("Invoke-SqliteBackupPlan plan.psd1");
        Assert.Contains("failed its test", Assert.Single(found.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void How_old_the_newest_backup_is_of_what_fails_is_told_too()
    {
        Create("app.db", rows: 100);
        Write("@{ Databases = 'app.db'; Destinations = 'out', 'copies'; FreshWithin = '0m' }");
        Assert.Equal(0, Value(Run("Invoke-SqliteBackupPlan plan.psd1").Result, "ExitCode"));
        Damage("app.db");

        RunOutcome outcome = Run("Invoke-SqliteBackupPlan plan.psd1");

        Assert.Equal(["IntegrityCheckFailed", "BackupStale"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(1, Value(Assert.Single(outcome.Output), "ExitCode"));
        Assert.Equal(2, Texts(Rows(outcome.Output[0])[0], "Errors").Length);
    }

    [Fact]
    public void A_file_that_was_found_and_cannot_be_read_leaves_the_run_incomplete()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "Names of bytes that are no UTF-8 are Linux's.");
        Create("apps/app.db");
        using (Process bash = Process.Start("bash", ["-c", $"cp '{Folder["apps/app.db"]}' '{Folder["apps"]}'/$'bad\\xff.db'"]))
        {
            bash.WaitForExit();
        }

        Write("@{ Databases = 'apps'; Destinations = 'out' }");

        RunOutcome outcome = Run("Invoke-SqliteBackupPlan plan.psd1");

        Assert.Equal("Incomplete", Value(outcome.Result, "Status").ToString());
        Assert.Equal(2, Value(outcome.Result, "ExitCode"));
        Assert.Contains("no UTF-8", Assert.Single(Texts(outcome.Output[0], "LeftOut")), StringComparison.Ordinal);
        using Process removal = Process.Start("rm", ["-r", Folder["apps"]]);
        removal.WaitForExit();
    }

    [Fact]
    public void A_database_that_is_gone_is_told_once()
    {
        Create("a1.db");
        Create("a2.db");
        Write("@{ Databases = 'a*.db'; Destinations = 'out' }");
        Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();
        File.Delete(Folder["a2.db"]);

        Assert.Contains("a2.db", Assert.Single(Texts(Run("Invoke-SqliteBackupPlan plan.psd1").Result, "LeftOut")), StringComparison.Ordinal);
        Assert.Equal(0, Value(Run("Invoke-SqliteBackupPlan plan.psd1").Result, "ExitCode"));
    }

    [Fact]
    public void Rules_of_each_destination_prune_it_and_leave_other_databases_alone()
    {
        Create("app.db");
        Create("other.db");
        Run("1..3 | & { process { Backup-SqliteDatabase other.db out/ } }").AssertClean();
        Write("@{ Databases = 'app.db'; Destinations = @{ Location = 'out'; KeepLast = 1 }, @{ Location = 'copies'; KeepLast = 2 } }");

        for (int night = 0; night < 4; night++)
        {
            Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();
        }

        Assert.Equal(1, Folder.Backups("out").Count(name => name.StartsWith("app", StringComparison.Ordinal)));
        Assert.Equal(3, Folder.Backups("out").Count(name => name.StartsWith("other", StringComparison.Ordinal)));
        Assert.Equal(2, Folder.Backups("copies").Length);
    }

    [Fact]
    public void WhatIf_does_nothing_and_tells_nobody()
    {
        using var pings = new PingListener();
        Create("app.db");
        Write($"@{{ Databases = 'app.db'; Destinations = 'out', 'copies'; Tell = @{{ Ping = '{pings.Address}x'; Log = 'log.jsonl' }} }}");

        RunOutcome outcome = Run("Invoke-SqliteBackupPlan plan.psd1 -WhatIf");

        outcome.AssertClean();
        Assert.Empty(outcome.Output);
        Assert.Empty(pings.Requests);
        Assert.Equal(["app.db", "plan.psd1"], Folder.Files());
        Assert.Contains("Back up to", Session.Host.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whom_a_run_cannot_be_told_to_is_in_its_result_and_harms_nothing()
    {
        Create("app.db");
        File.WriteAllText(Folder["hook.ps1"], "throw 'no'");
        Write("@{ Databases = 'app.db'; Destinations = 'out'; Tell = @{ Ping = 'http://127.0.0.1:9/secret'; Log = 'no/log'; Metrics = 'no/m.prom'; Hook = 'hook.ps1'; Summary = $false } }");

        PSObject result = Run("Invoke-SqliteBackupPlan plan.psd1").Result;

        Assert.Equal(0, Value(result, "ExitCode"));
        string[] notTold = Texts(result, "NotTold");
        Assert.Contains(notTold, text => text.StartsWith("The check at 127.0.0.1 could not be told", StringComparison.Ordinal));
        Assert.Contains(notTold, text => text.StartsWith("The log", StringComparison.Ordinal));
        Assert.Contains(notTold, text => text.StartsWith("The metrics", StringComparison.Ordinal));
        Assert.Contains(notTold, text => text.StartsWith("The hook", StringComparison.Ordinal) && text.EndsWith("no", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", string.Concat(notTold), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hook_gets_the_result()
    {
        Create("app.db");
        File.WriteAllText(Folder["hook.ps1"], "param($Result) [IO.File]::WriteAllText('hooked', \"$($Result.Name) $($Result.ExitCode) $($Result.Databases.Count)\")".Replace("'hooked'", $"'{Folder["hooked"]}'", StringComparison.Ordinal));
        Write("@{ Databases = 'app.db'; Destinations = 'out'; Tell = @{ Hook = 'hook.ps1' } }");

        Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();

        Assert.Equal("plan 0 1", File.ReadAllText(Folder["hooked"]));
    }

    [Fact]
    public void A_full_log_is_put_aside_and_old_ones_go()
    {
        Create("app.db");
        Write("@{ Databases = 'app.db'; Destinations = 'out'; Tell = @{ Log = 'log.jsonl'; LogMaxBytes = 1KB; LogFiles = 2 } }");
        for (int night = 0; night < 5; night++)
        {
            Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();
        }

        Assert.Equal(["log.jsonl", "log.jsonl.1", "log.jsonl.2"], Folder.Files().Where(name => name.StartsWith("log", StringComparison.Ordinal)));
        Assert.All(["log.jsonl", "log.jsonl.1", "log.jsonl.2"], name => Assert.InRange(new FileInfo(Folder[name]).Length, 1, 2048));
    }

    [Fact]
    public void A_second_run_says_who_runs_and_a_killed_one_is_taken_up_by_the_next()
    {
        Create("app.db", rows: 3000);
        Create("b.db");
        Write("@{ Databases = @{ Path = 'app.db'; PagesPerStep = 2; StepDelayMilliseconds = 20 }, 'b.db'; Destinations = 'out', 'copies' }");
        using (var running = new ModuleProcess(Folder.Path, "Invoke-SqliteBackupPlan plan.psd1"))
        {
            WaitUntil(() => Folder.Files("out").Any(name => name.StartsWith("app", StringComparison.Ordinal) && name.Contains(".partial-", StringComparison.Ordinal)));

            ErrorRecord busy = Assert.Single(Run("Invoke-SqliteBackupPlan plan.psd1").Errors);
            Assert.StartsWith("SourceBusy,", busy.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains($"process {running.Id} ", busy.ToString(), StringComparison.Ordinal);
            running.Kill();
        }

        Write("@{ Databases = 'app.db', 'b.db'; Destinations = 'out', 'copies' }");
        PSObject result = Run("Invoke-SqliteBackupPlan plan.psd1").Result;

        Assert.Equal(2, Value(result, "BackedUp"));
        Assert.Equal(2, Value(result, "Copied"));
        Assert.DoesNotContain(Folder.Files("out"), name => name.Contains(".partial-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_copy_that_a_killed_run_did_not_make_is_made_by_the_next()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/ -SkipUnchanged").AssertClean();
        Write("@{ Databases = 'app.db'; Destinations = 'out', 'copies'; Defaults = @{ SkipUnchanged = $true } }");

        PSObject result = Run("Invoke-SqliteBackupPlan plan.psd1").Result;

        Assert.Equal(1, Value(result, "Unchanged"));
        Assert.Equal(1, Value(result, "Copied"));
        Assert.Equal(Folder.Files("out"), Folder.Files("copies"));
    }

    [Theory]
    [InlineData("'app.db'", "", 0)]
    [InlineData("'app.db', 'no.db'", "", 1)]
    [InlineData("'app.db'", "; FreshWithin = '0m'", 0)]
    [InlineData("'app.db'", "; Wrong = 1", 1)]
    public void A_pwsh_that_was_started_for_it_ends_with_its_exit_code(string databases, string more, int expected)
    {
        Create("app.db");
        Write($"@{{ Databases = {databases}; Destinations = 'out'{more} }}");
        using var command = new ModuleProcess(Folder.Path, "Invoke-SqliteBackupPlan plan.psd1");
        Assert.Equal(expected, command.Join());
        File.WriteAllText(Folder["run.ps1"], $"Import-Module '{BuildPaths.StagedModule}'; Invoke-SqliteBackupPlan '{Folder["plan.psd1"]}'; 'it goes on'");
        using var file = new ModuleProcess(PowerShellStart.Plain("-File", Folder["run.ps1"]), Folder.Path);
        Assert.Equal(expected, file.Join());
        Assert.Contains("it goes on", file.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_plans_in_one_pwsh_the_worst_counts_and_an_incomplete_one_is_two()
    {
        Create("a1.db");
        Create("a2.db");
        Write("@{ Databases = 'a*.db'; Destinations = 'out' }");
        File.WriteAllText(Folder["good.psd1"], "@{ Databases = 'a1.db'; Destinations = 'good' }");
        Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();
        File.Delete(Folder["a2.db"]);

        using var process = new ModuleProcess(Folder.Path, "Invoke-SqliteBackupPlan plan.psd1; Invoke-SqliteBackupPlan good.psd1; $LASTEXITCODE");

        Assert.Equal(2, process.Join());
        Assert.EndsWith("0", process.Output.Trim(), StringComparison.Ordinal);
    }

    private void Write(string plan) => File.WriteAllText(Folder["plan.psd1"], plan);

    // A page in the middle of a table, so that the file is still a database to look at.
    private void Damage(string name)
    {
        byte[] bytes = File.ReadAllBytes(File.Exists(Folder[name]) ? Folder[name] : Create(name, rows: 100));
        bytes.AsSpan(4096 * 5, 4096).Fill(0x55);
        File.WriteAllBytes(Folder[name], bytes);
    }

    // As if the last run had been some time ago: the memory's times are put back.
    private void PutBack(TimeSpan time)
    {
        string state = Path.Combine(Environment.GetEnvironmentVariable("SQLITEBACKUP_STATE")!, "plans");
        string memory = Directory.GetFiles(state, "plan_plan_*.json").Single(file => File.ReadAllText(file).Contains(JsonEncodedText.Encode(Folder.Path).ToString(), StringComparison.Ordinal));
        File.WriteAllText(memory, Times().Replace(File.ReadAllText(memory), match =>
            $"\"{DateTime.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) - time:O}\""));
    }

    private static object Value(PSObject result, string name) => result.Properties[name].Value is Enum value ? value.ToString() : result.Properties[name].Value;

    private static PSObject[] Rows(PSObject result) =>
        [.. LanguagePrimitives.GetEnumerable(result.Properties["Databases"].Value).Cast<object>().Select(PSObject.AsPSObject)];

    private static string[] Texts(PSObject result, string name) =>
        [.. LanguagePrimitives.GetEnumerable(result.Properties[name].Value).Cast<object>().Select(text => text.ToString()!)];

    // What Prometheus's own parser asks of the text format: HELP and TYPE before a family's samples, each family once, sane names.
    private static Dictionary<string, double> Metrics(string path)
    {
        Dictionary<string, double> samples = [];
        HashSet<string> families = [];
        string family = "";
        foreach (string line in File.ReadAllText(path).TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"{family} is there twice.");
                Assert.Matches("^[a-z][a-z0-9_]*(_seconds|_bytes|_total|_success|_code|_out)$", family);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Matches($"^# TYPE {family} (gauge|counter)$", line);
                Assert.Equal(family.EndsWith("_total", StringComparison.Ordinal), line.EndsWith("counter", StringComparison.Ordinal));
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                Assert.Equal(family, sample.Groups["name"].Value);
                samples.Add(sample.Groups["series"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
            }
        }

        return samples;
    }

    [GeneratedRegex("""^(?<series>(?<name>[a-z_][a-z0-9_]*)\{([a-z_]+="(\\[\\"n]|[^"\\\n])*",?)+\}) (?<value>-?[0-9.]+(E[+-]?[0-9]+)?)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("\"([0-9]{4}-[0-9]{2}-[0-9]{2}T[^\"]+)\"")]
    private static partial Regex Times();

    /// <summary>A check that waits for pings, on loopback.</summary>
    private sealed class PingListener : IDisposable
    {
        private readonly HttpListener _listener = new();

        public PingListener()
        {
            using (var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                socket.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}/";
            }

            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = Task.Run(Listen);
        }

        public string Address { get; }

        public ConcurrentQueue<(string Path, string Body)> Requests { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task Listen()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using var reader = new StreamReader(context.Request.InputStream);
                Requests.Enqueue((context.Request.Url!.PathAndQuery, await reader.ReadToEndAsync()));
                context.Response.Close();
            }
        }
    }
}
