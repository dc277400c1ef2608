using System.Diagnostics;
using System.Management.Automation;
using System.Xml.Linq;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Schedules;

/// <summary>What schedulers are told, word for word, and that they take it.</summary>
public sealed class ScheduleTests : ModuleTest
{
    // A name with what each format has to quote.
    private const string Plan = "night's 100% $x.psd1";

    [Theory]
    [InlineData("Systemd", "-At 02:30 -RandomDelay 10m", "systemd.txt")]
    [InlineData("Systemd", "-At 02:30 -Every 6h -User", "systemd-user.txt")]
    [InlineData("Cron", "-At 02:30 -RandomDelay 10m", "cron.txt")]
    [InlineData("Cron", "-Every 15m -At 00:05 -User", "cron-user.txt")]
    [InlineData("Launchd", "-At 02:30 -Every 8h -RandomDelay 10m", "launchd.txt")]
    [InlineData("TaskScheduler", "-At 02:30 -Every 7d -RandomDelay 10m", "task.txt")]
    [InlineData("TaskScheduler", "-Every 1h -User", "task-user.txt")]
    public void What_would_be_installed_is_this_text(string kind, string options, string golden)
    {
        string expected = File.ReadAllText(Path.Combine(BuildPaths.RepositoryRoot, "tests/SqliteBackup.Module.Tests/Schedules", golden));

        string text = Text(kind, options);

        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("-At 02:30", "*-*-* 02:30:00")]
    [InlineData("-At 02:30 -Every 1d", "*-*-* 02:30:00")]
    [InlineData("-At 14:05 -Every 4h", "*-*-* 02/4:05:00")]
    [InlineData("-At 00:07 -Every 5m", "*-*-* *:02/5:00")]
    [InlineData("-At 03:00 -Every 7d", "Sun *-*-* 03:00:00")]
    public void Times_are_said_as_systemd_reads_them(string options, string expected)
    {
        Assert.Contains($"OnCalendar={expected}\n", Text("Systemd", options), StringComparison.Ordinal);
        _ = Analyze("calendar", expected);
    }

    [Theory]
    [InlineData("-Every 7h")]
    [InlineData("-Every 45m")]
    [InlineData("-Every 30d")]
    [InlineData("-Every 0m")]
    public void Steps_that_not_every_scheduler_knows_are_refused(string options)
    {
        File.WriteAllText(Folder["plan.psd1"], "@{ }");
        ErrorRecord error = Assert.Single(Run($"Register-SqliteBackupSchedule plan.psd1 {options} -AsText").Errors);
        Assert.StartsWith("InvalidOption,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-User")]
    public void Systemd_takes_the_units(string options)
    {
        foreach (string file in Raw("Systemd", options))
        {
            string name = file[..file.IndexOf('\n', StringComparison.Ordinal)];
            File.WriteAllText(Folder[Path.GetFileName(name)], file[(name.Length + 1)..].Replace("/usr/bin/pwsh", "/bin/true", StringComparison.Ordinal));
        }

        string said = Analyze(
            ["verify", .. options.Length > 0 ? (string[])["--user"] : [], Folder["sqlitebackup-nightly.service"], Folder["sqlitebackup-nightly.timer"]]);

        Assert.DoesNotContain("sqlitebackup", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Xml_is_well_formed_and_its_command_line_survives()
    {
        XDocument task = XDocument.Parse(Raw("TaskScheduler", "").Single().Split('\n', 2)[1]);
        XNamespace space = task.Root!.Name.Namespace;
        Assert.Contains("Invoke-SqliteBackupPlan", task.Descendants(space + "Arguments").Single().Value, StringComparison.Ordinal);
        Assert.Equal("IgnoreNew", task.Descendants(space + "MultipleInstancesPolicy").Single().Value);
    }

    [Fact]
    public void A_real_cron_runs_a_line_and_the_schedule_is_listed_until_it_is_removed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "cron is started by root on Linux");
        Assert.SkipUnless(File.Exists("/usr/sbin/cron"), "there is no /usr/sbin/cron: install cron");
        Assert.SkipWhen(Directory.Exists("/run/systemd/system") && Process.GetProcessesByName("cron").Length > 0, "a cron of the machine's own is at work");
        string name = $"test-{Guid.NewGuid():N}"[..20];
        Create("app.db");
        File.WriteAllText(Folder[Plan], "@{ Databases = 'app.db'; Destinations = 'out' }");
        string pwsh = Folder["pwsh"];
        File.WriteAllText(pwsh, $"#!/bin/sh\nexport SQLITEBACKUP_STATE='{Folder["state"]}'\nexec '{BuildPaths.DotNet}' '{BuildPaths.PowerShell}' \"$@\"\n");
        File.SetUnixFileMode(pwsh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        PSObject made = Run($"Register-SqliteBackupSchedule \"{Plan.Replace("$", "`$", StringComparison.Ordinal)}\" -Name {name} -Every 1m -Kind Cron -PowerShellPath pwsh").Result;
        try
        {
            Assert.Equal("Cron", made.Properties["Kind"].Value.ToString());
            Assert.Equal(Folder[Plan], Run($"Get-SqliteBackupSchedule {name}").Result.Properties["Plan"].Value);
            using Process cron = Process.Start("/usr/sbin/cron", ["-f"]);
            try
            {
                Assert.True(SpinWait.SpinUntil(() => Folder.Backups("out").Any(file => file.EndsWith(".db", StringComparison.Ordinal)), TimeSpan.FromSeconds(150)), "cron ran nothing within 150 seconds.");
            }
            finally
            {
                cron.Kill(entireProcessTree: true);
                cron.WaitForExit();
            }
        }
        finally
        {
            Run($"Unregister-SqliteBackupSchedule {name}").AssertClean();
        }

        Assert.False(File.Exists($"/etc/cron.d/sqlitebackup-{name}"));
        Assert.StartsWith("FileNotFound,", Assert.Single(Run($"Get-SqliteBackupSchedule {name}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_users_systemd_fires_a_timer()
    {
        Assert.SkipUnless(Directory.Exists("/run/systemd/system"), "systemd did not boot this machine");
        Create("app.db");
        File.WriteAllText(Folder["plan.psd1"], "@{ Databases = 'app.db'; Destinations = 'out' }");
        string name = $"test-{Guid.NewGuid():N}"[..20];
        RunOutcome made = Run($"Register-SqliteBackupSchedule plan.psd1 -Name {name} -Every 1m -User -Kind Systemd");
        Assert.SkipWhen(made.Errors.Count > 0, $"this user has no systemd: {string.Join(' ', made.Errors)}");
        try
        {
            Assert.True(SpinWait.SpinUntil(() => Folder.Backups("out").Length > 0, TimeSpan.FromSeconds(150)), "systemd ran nothing within 150 seconds.");
        }
        finally
        {
            Run($"Unregister-SqliteBackupSchedule {name} -User").AssertClean();
        }
    }

    [Fact]
    public void Nothing_is_installed_with_WhatIf()
    {
        File.WriteAllText(Folder["plan.psd1"], "@{ }");
        RunOutcome outcome = Run("Register-SqliteBackupSchedule plan.psd1 -Name whatif-only -WhatIf");
        outcome.AssertClean();
        Assert.Empty(outcome.Output);
        Assert.Single(Run("Get-SqliteBackupSchedule whatif-only").Errors);
    }

    private string Analyze(params string[] arguments)
    {
        const string program = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(program), $"there is no {program}: install systemd");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // Whoever did not log in has none, and a user's units are looked at below it.
        start.Environment["XDG_RUNTIME_DIR"] = Folder.Path;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string said = process.StandardError.ReadToEnd() + output.Result;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
        return said;
    }

    [Fact]
    public void A_scheduler_of_another_system_is_shown_and_not_installed()
    {
        File.WriteAllText(Folder["plan.psd1"], "@{ }");
        ErrorRecord error = Assert.Single(Run($"Register-SqliteBackupSchedule plan.psd1 -Kind {(OperatingSystem.IsWindows() ? "Launchd" : "TaskScheduler")}").Errors);
        Assert.StartsWith("InvalidOption,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    // Each file, with its path in a line before it.
    private string[] Raw(string kind, string options)
    {
        File.WriteAllText(Folder[Plan], "@{ }");
        RunOutcome outcome = Run($"Register-SqliteBackupSchedule \"{Plan.Replace("$", "`$", StringComparison.Ordinal)}\" -Name nightly -Kind {kind} -PowerShellPath /usr/bin/pwsh -AsText {options}");
        outcome.AssertClean();
        return [.. outcome.Output.Select(text => text.ToString()[2..])];
    }

    private string Text(string kind, string options) => string.Join('\n', Raw(kind, options))
        .Replace(BuildPaths.StagedModule.TrimEnd('/', '\\'), "/module", StringComparison.Ordinal)
        .Replace(Folder.Path, "/srv", StringComparison.Ordinal)
        .Replace(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/", "~/", StringComparison.Ordinal);
}
