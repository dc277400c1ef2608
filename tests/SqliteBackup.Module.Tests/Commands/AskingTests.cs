using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>What destroys asks, what makes does not, and where nobody is there to answer, nothing is done.</summary>
public sealed class AskingTests : ModuleTest
{
    public AskingTests()
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db out/; Backup-SqliteDatabase app.db out/").AssertClean();
    }

    [Theory]
    [InlineData("Remove-SqliteBackup out -KeepLast 1")]
    [InlineData("Remove-SqliteBackup out -KeepLast 1 -Force -Confirm")]
    [InlineData("Restore-SqliteDatabase out/*1.db new.db -Confirm")]
    public void Nobody_to_answer_is_an_error_and_nothing_is_done(string script)
    {
        File.Copy(Directory.GetFiles(Folder["out"], "*.db")[0], Folder["out/1.db"]);
        int before = Folder.Files("out").Length;

        ErrorRecord error = RunWithoutHost(script);

        Assert.StartsWith("InvalidOption,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Nobody is there to answer", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, Folder.Files("out").Length);
        Assert.False(File.Exists(Folder["new.db"]));
    }

    [Fact]
    public void Force_removes_without_a_question()
    {
        Run("Remove-SqliteBackup out -KeepLast 1 -Force").AssertClean();

        Assert.Single(Folder.Backups("out"));
    }

    [Fact]
    public void A_new_database_is_made_without_a_question_and_Force_answers_for_an_old_one()
    {
        Run("Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination new.db").AssertClean();
        Run("Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination new.db -Force").AssertClean();

        Assert.Equal(20, Rows(Folder["new.db"]));
    }

    // The default host has no one who could be asked.
    private ErrorRecord RunWithoutHost(string script)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([BuildPaths.StagedModule]);
        using Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Folder.Path));
        using var shell = PowerShell.Create(runspace);
        shell.AddScript($"try {{ {script} }} catch {{ $_ }}");
        return (ErrorRecord)Assert.Single(shell.Invoke()).BaseObject;
    }
}
