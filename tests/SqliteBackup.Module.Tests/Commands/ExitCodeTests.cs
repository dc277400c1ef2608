using System.Diagnostics;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>What the about topic tells of exit codes and signals, asked of the real shell.</summary>
public sealed class ExitCodeTests : ModuleTest
{
    [Theory]
    [InlineData("Backup-SqliteDatabase app.db, nowhere.db out/", 1)]
    [InlineData("Backup-SqliteDatabase nowhere.db out/; 'goes on'", 0)]
    [InlineData("Backup-SqliteDatabase app.db out/; exit 3", 3)]
    public void A_commands_exit_code_is_its_last_commands(string command, int expected)
    {
        Create("app.db");
        using var process = new ModuleProcess(Folder.Path, command);
        Assert.Equal(expected, process.Join());
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase app.db, nowhere.db out/", 0, 1)]
    [InlineData("Backup-SqliteDatabase nowhere.db, app.db out/ -ErrorVariable failed; if ($failed) { exit 1 }", 1, 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Backup-SqliteDatabase nowhere.db, app.db out/", 1, 0)]
    public void A_script_says_itself_what_failed(string script, int expected, int backups)
    {
        Create("app.db");
        using ModuleProcess process = Nightly(script);
        Assert.Equal(expected, process.Join());
        Assert.Contains("nowhere.db", process.Error, StringComparison.Ordinal);
        Assert.Equal(backups, Folder.Backups("out").Length);
    }

    [Fact]
    public void What_would_be_asked_is_an_error_and_no_progress_is_written()
    {
        Create("app.db");
        using var process = new ModuleProcess(Folder.Path, "Backup-SqliteDatabase app.db out/; Backup-SqliteDatabase app.db out/ -Confirm");
        Assert.Equal(1, process.Join());
        Assert.Contains("Nobody is there to answer", process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("%", process.Output, StringComparison.Ordinal);
        Assert.Single(Folder.Backups("out"));
    }

    [Theory]
    [InlineData("Remove-SqliteBackup out -KeepLast 1")]
    [InlineData("Restore-SqliteDatabase (Get-SqliteBackup out -Latest) app.db -Force -Confirm")]
    public void A_script_whose_input_is_closed_ends_with_an_error_in_words_and_does_nothing(string script)
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/; Backup-SqliteDatabase app.db out/").AssertClean();
        File.WriteAllText(Folder["nightly.ps1"], $"$ErrorActionPreference = 'Stop'\nImport-Module '{BuildPaths.StagedModule}'\n{script}");
        ProcessStartInfo start = PowerShellStart.Plain("-File", Folder["nightly.ps1"]);
        start.ArgumentList.Remove("-NonInteractive");

        using var process = new ModuleProcess(start, Folder.Path);

        Assert.Equal(1, process.Join());
        Assert.Contains("Nobody is there to answer", process.Error, StringComparison.Ordinal);
        Assert.Equal(2, Folder.Backups("out").Length);
        Assert.DoesNotContain(Folder.Files(), name => name.Contains("before-restore", StringComparison.Ordinal));
    }

    [Fact]
    public void Interrupted_it_leaves_nothing_unfinished()
    {
        using ModuleProcess process = Slowly();
        Signal("INT", process);
        Assert.Equal(0, process.Join());
        Assert.Empty(Folder.Files("out"));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void Ended_by_a_signal_it_leaves_a_file_that_the_next_backup_removes(string signal)
    {
        using ModuleProcess process = Slowly();
        Signal(signal, process);
        Assert.NotEqual(0, process.Join());
        Assert.Contains(".partial-", Assert.Single(Folder.Files("out")), StringComparison.Ordinal);

        Run("Backup-SqliteDatabase app.db out/").AssertClean();
        Assert.DoesNotContain(Folder.Files("out"), name => name.Contains(".partial-", StringComparison.Ordinal));
    }

    private ModuleProcess Slowly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        Create("app.db", rows: 3000);
        ModuleProcess process = Nightly("Backup-SqliteDatabase app.db out/ -PagesPerStep 2 -StepDelayMilliseconds 20");
        WaitUntil(() => Folder.Files("out").Any(name => name.Contains(".partial-", StringComparison.Ordinal)));
        return process;
    }

    private ModuleProcess Nightly(string script)
    {
        File.WriteAllText(Folder["nightly.ps1"], $"Import-Module '{BuildPaths.StagedModule}'\n{script}");
        return new ModuleProcess(PowerShellStart.Plain("-File", Folder["nightly.ps1"]), Folder.Path);
    }

    private static void Signal(string signal, ModuleProcess process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
