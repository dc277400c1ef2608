using System.Text.RegularExpressions;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Output;

/// <summary>What stands in the name of a file reaches no screen as a control sequence.</summary>
public sealed class ScreenTests : ModuleTest
{
    private const string Hostile = "a\u001b[2J\u009b\u202Ebd.db";

    [Theory]
    [InlineData("Get-SqliteDatabase .")]
    [InlineData("Get-SqliteDatabase . | Backup-SqliteDatabase -Destination out/")]
    [InlineData("Get-SqliteDatabase . | Backup-SqliteDatabase -Destination out/ -WhatIf")]
    [InlineData("Get-SqliteDatabase . | Backup-SqliteDatabase -Destination $args[0]")]
    [InlineData("$null = Get-SqliteDatabase . | Backup-SqliteDatabase -Destination out/; Get-SqliteBackup out")]
    [InlineData("$null = Get-SqliteDatabase . | Backup-SqliteDatabase -Destination out/; Test-SqliteBackup out/*.db")]
    [InlineData("$null = Get-SqliteDatabase . | Backup-SqliteDatabase -Destination out/; Get-SqliteBackupProgress")]
    public void A_name_with_control_characters_is_shown_without_them(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow these names");
        Create(Hostile);

        RunOutcome outcome = Run($"{script} | Out-Default", Folder[Hostile]);

        // The colours of a table's headings are PowerShell's own.
        string shown = string.Join('\n', [Session.Host.Text, .. outcome.Errors.Select(error => error.ToString()), .. outcome.Warnings]);
        shown = Regex.Replace(shown, "\u001b\\[[0-9;]*m", "");
        Assert.Contains("a\uFFFD[2J\uFFFD\uFFFDbd", shown, StringComparison.Ordinal);
        Assert.DoesNotMatch("[\u001b\u009b\u202E]", shown);
    }

    [Theory]
    [InlineData("Get-SqliteBackupProgress -Id 0123abcd-7")]
    [InlineData("Get-SqliteBackupProgress -Id 0123abcd-7 -Verbose")]
    [InlineData("Get-SqliteBackupProgress -Id 0123abcd-7 -Wait")]
    public void What_is_forged_among_the_running_backups_reaches_no_screen_as_it_is(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow these names");
        string registry = Path.Combine(Environment.GetEnvironmentVariable("SQLITEBACKUP_STATE")!, "registry");
        Create("app.db");
        Run("$null = Backup-SqliteDatabase app.db out/").AssertClean();
        string entry = File.ReadAllText(Directory.GetFiles(registry, "*.json").First(path => File.ReadAllText(path).Contains(Folder["app.db"], StringComparison.Ordinal)));
        string id = Regex.Match(entry, "\"Id\":\"([^\"]+)\"").Groups[1].Value;
        string escaped = Hostile.Replace("\u001b", "\\u001b", StringComparison.Ordinal);
        entry = entry.Replace(id, "0123abcd-7", StringComparison.Ordinal).Replace("app.db", escaped, StringComparison.Ordinal).Replace("\"Message\":null", $"\"Message\":\"{escaped}\"", StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(entry, Regex.Escape(escaped)));
        string[] forged = [Path.Combine(registry, "0123abcd-7.json"), Path.Combine(registry, $"0123abcd-8{Hostile}.json")];
        File.WriteAllText(forged[0], entry);
        File.WriteAllText(forged[1], "{}");

        RunOutcome outcome = Run($"{script} | Out-Default");
        Array.ForEach(forged, File.Delete);

        Assert.Empty(outcome.Errors);
        string shown = string.Join('\n', [Session.Host.Text, .. outcome.Verbose, .. outcome.Progress.Select(record => record.Activity + record.StatusDescription + record.CurrentOperation)]);
        shown = Regex.Replace(shown, "\u001b\\[[0-9;]*m", "");
        Assert.Contains("a\uFFFD[2J\uFFFD\uFFFDbd", shown, StringComparison.Ordinal);
        Assert.DoesNotMatch("[\u001b\u009b\u202E]", shown);
    }
}
