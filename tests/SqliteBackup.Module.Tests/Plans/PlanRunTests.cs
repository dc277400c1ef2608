using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>A night over many databases, some of them in a bad way: what is done, what is said, and to whom.</summary>
public sealed partial class PlanRunTests : ModuleTest
{
    [Fact]
    public void Encrypted_backups_are_tested_and_restored_with_the_identity_that_the_plan_names()
    {
        Create("app.db");
        File.WriteAllText(Folder["password"], "secret");
        string recipient = Run("New-SqliteBackupRepository restic:repo -PasswordFile password | Out-Null; (New-SqliteBackupIdentity key.txt).Recipient").Output[^1].ToString();
        const string Repository = "@{ Location = 'restic:repo'; PasswordFile = 'password' }";
        Write($"@{{ Databases = 'app.db'; Defaults = @{{ Compress = 'Zstd'; Recipient = '{recipient}' }}; Destinations = 'out', 'copies', {Repository}; Test = @{{ Every = '1h'; IdentityFile = 'key.txt' }} }}");

        Run("Test-SqliteBackupPlan plan.psd1").AssertClean();
        PSObject result = Run("Invoke-SqliteBackupPlan plan.psd1").Result;

        Assert.Equal(3, Value(result, "Tested"));
        Assert.All([.. Folder.Backups("out"), .. Folder.Backups("copies")], name => Assert.EndsWith(".db.zst.age", name, StringComparison.Ordinal));
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
    public void WhatIf_tells_all_that_would_happen_does_nothing_and_tells_nobody()
    {
        using var pings = new PingListener();
        Create("app.db");
        Write("@{ Databases = 'app.db'; Destinations = 'out' }");
        Run("1..2 | & { process { Invoke-SqliteBackupPlan plan.psd1 } }").AssertClean();
        Write($"@{{ Databases = 'app.db'; Destinations = @{{ Location = 'out'; KeepLast = 1 }}, 'copies'; Test = @{{ Every = '1d' }}; Tell = @{{ Ping = '{pings.Address}x'; Log = 'log.jsonl' }} }}");
        string[] before = Folder.Files("out");
        int said = Session.Host.Text.Length;

        RunOutcome outcome = Run("Invoke-SqliteBackupPlan plan.psd1 -WhatIf");

        outcome.AssertClean();
        Assert.Empty(outcome.Output);
        Assert.Empty(pings.Requests);
        Assert.Equal(["app.db", "out", "plan.psd1"], Folder.Files());
        Assert.Equal(before, Folder.Files("out"));
        string told = Session.Host.Text[said..];
        Assert.Collection(
            told.Split("What if: ")[1..],
            line => Assert.Contains("\"Back up to", line, StringComparison.Ordinal),
            line => Assert.Contains("\"Copy its backup to 'copies'\"", line, StringComparison.Ordinal),
            line => Assert.Contains("\"Test and restore it to a scratch file\"", line, StringComparison.Ordinal),
            line => Assert.Contains("\"Remove", line, StringComparison.Ordinal),
            line => Assert.Contains("\"Tell what the run came to\" on target \"The log", line, StringComparison.Ordinal),
            line => Assert.Contains("\"Tell what the run came to\" on target \"The check at 127.0.0.1\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_systems_log_gets_the_summary_line_by_line()
    {
        const string path = "/dev/log";
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "the socket of the system's log is made by root on Linux");
        Assert.SkipWhen(File.Exists(path), "a system's log is at work");
        using var log = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        log.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            Create("app.db");
            Write("@{ Databases = 'app.db', 'no.db'; Destinations = 'out'; Tell = @{ SystemLog = $true } }");

            _ = Run("Invoke-SqliteBackupPlan plan.psd1");

            byte[] buffer = new byte[8192];
            // Any PowerShell that starts on the machine meanwhile writes here, too.
            IEnumerable<string> all = Enumerable.Range(0, 1000).Select(_ => Encoding.UTF8.GetString(buffer, 0, log.Receive(buffer)));
            string[] lines = [.. all.Where(line => line.Contains("sqlitebackup[", StringComparison.Ordinal)).Take(2)];
            Assert.Matches($@"^<27>[A-Z][a-z]{{2}} [ 0-9]\d \d\d:\d\d:\d\d sqlitebackup\[{Environment.ProcessId}\]: plan: Failed\. 1 of 1 databases backed up", lines[0]);
            Assert.Matches(@"\]: plan: .*no\.db", lines[1]);
        }
        finally
        {
            File.Delete(path);
        }
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

    [Fact]
    public void What_a_database_says_of_itself_comes_before_what_is_said_for_all()
    {
        Create("a.db");
        Create("b.db");
        Write("@{ Databases = 'a.db', @{ Path = 'b.db'; Verify = 'Full'; Compress = 'None' }; Defaults = @{ Compress = 'Zstd'; Verify = 'Quick' }; Destinations = 'out' }");

        Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();

        RunOutcome listed = Run("Get-SqliteBackup out | & { process { \"$([IO.Path]::GetFileName($_.Database)) $($_.CheckLevel) $($_.Compression)\" } }");
        Assert.Equal(["a.db Quick Zstd", "b.db Full None"], listed.Output.Select(line => line.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_run_that_is_not_confirmed_does_nothing()
    {
        Create("app.db");
        Write("@{ Databases = 'app.db'; Destinations = 'out' }");

        // The session's host answers No.
        Run("Invoke-SqliteBackupPlan plan.psd1 -Confirm").AssertClean();

        Assert.Contains("Run the plan", Session.Host.Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder["out"]));
    }

    [Theory]
    [InlineData("'app.db'", "", 0)]
    [InlineData("'app.db', 'no.db'", "", 1)]
    [InlineData("'app.db'", "; FreshWithin = '0m'", 0)]
    [InlineData("'app.db'", "; Wrong = 1", 1)]
    [InlineData("'*.db'", "", 2)]
    public void A_pwsh_that_was_started_for_it_ends_with_its_exit_code(string databases, string more, int expected)
    {
        Create("app.db");
        Write($"@{{ Databases = {databases}; Destinations = 'out'{more} }}");
        Lose(expected == 2);
        using var command = new ModuleProcess(Folder.Path, "Invoke-SqliteBackupPlan plan.psd1");
        Assert.Equal(expected, command.Join());
        Lose(expected == 2);
        File.WriteAllText(Folder["run.ps1"], $"Import-Module '{BuildPaths.StagedModule}'; Invoke-SqliteBackupPlan '{Folder["plan.psd1"]}'; 'it goes on'");
        using var file = new ModuleProcess(PowerShellStart.Plain("-File", Folder["run.ps1"]), Folder.Path);
        Assert.Equal(expected, file.Join());
        Assert.Contains("it goes on", file.Output, StringComparison.Ordinal);
    }

    // A database that the last run backed up and that is gone leaves the next one incomplete.
    private void Lose(bool isLost)
    {
        if (isLost)
        {
            Create("gone.db");
            Run("Invoke-SqliteBackupPlan plan.psd1").AssertClean();
            File.Delete(Folder["gone.db"]);
        }
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

    [GeneratedRegex("\"([0-9]{4}-[0-9]{2}-[0-9]{2}T[^\"]+)\"")]
    private static partial Regex Times();
}
