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
}
