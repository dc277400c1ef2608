using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>Keys and files of keys on the command line, in cells of a CSV, and what is refused.</summary>
public sealed class EncryptedBackupTests : ModuleTest
{
    public EncryptedBackupTests() => Create("app.db");

    [Fact]
    public void A_key_encrypts_and_its_file_tests_restores_and_exports()
    {
        RunOutcome made = Run("$k = New-SqliteBackupIdentity key.txt; Backup-SqliteDatabase app.db backups/ -Compress Zstd -Recipient $k.Recipient");
        Assert.EndsWith(".db.zst.age", made.Backup, StringComparison.Ordinal);

        Assert.Equal("Unchecked", Run("Test-SqliteBackup backups").Get<object>("Status").ToString());
        Assert.Equal("Ok", Run("Test-SqliteBackup backups -IdentityFile key.txt").Get<object>("Status").ToString());
        AssertFails("IdentityMissing", Run("Get-SqliteBackup backups | Restore-SqliteDatabase -Destination new.db"));
        Run("Get-SqliteBackup backups | Restore-SqliteDatabase -Destination new.db -IdentityFile key.txt").AssertClean();
        Assert.Equal(
            Run("Export-SqliteDatabase app.db -AsString").Output.Select(line => line.ToString()),
            Run("Get-SqliteBackup backups | Export-SqliteDatabase -AsString -IdentityFile key.txt").Output.Select(line => line.ToString()));
        Assert.EndsWith(".sql", Run("Export-SqliteDatabase backups/*.age text/ -IdentityFile key.txt").Backup, StringComparison.Ordinal);
        Assert.Equal([Path.GetFileName(made.Backup)[..^".db.zst.age".Length] + ".sql"], Folder.Files("text"));
    }

    [Fact]
    public void A_cell_of_a_csv_and_a_file_have_several_recipients()
    {
        string[] keys = [.. Run("New-SqliteBackupIdentity a.txt; New-SqliteBackupIdentity b.txt").Output.Select(identity => identity.ToString())];
        File.WriteAllLines(Folder["recipients.txt"], keys);
        Run(
            """
            [pscustomobject]@{ Path = 'app.db'; Destination = 'one.db.age'; Recipient = $args[0] },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'two.db.age'; Recipient = 'recipients.txt' },
            [pscustomobject]@{ Path = 'app.db'; Destination = 'plain.db'; Recipient = '' } | Backup-SqliteDatabase
            """,
            string.Join(", ", keys)).AssertClean();
        foreach (string name in (string[])["one", "two"])
        {
            Assert.Equal("Ok", Run($"Test-SqliteBackup {name}.db.age -IdentityFile a.txt").Get<object>("Status").ToString());
            Assert.Equal("Ok", Run($"Test-SqliteBackup {name}.db.age -IdentityFile b.txt").Get<object>("Status").ToString());
        }

        Assert.False(Run("Get-SqliteBackup plain.db").Get<bool>("IsEncrypted"));
    }

    [Fact]
    public void A_passphrase_encrypts_and_another_does_not_open()
    {
        Run("Backup-SqliteDatabase app.db out.db.age -Passphrase ([Net.NetworkCredential]::new('', 'correct horse').SecurePassword)").AssertClean();
        AssertFails("PasswordWrong", Run("Restore-SqliteDatabase out.db.age new.db -Passphrase ([Net.NetworkCredential]::new('', 'other').SecurePassword)"));
        Run("Restore-SqliteDatabase out.db.age new.db -Passphrase ([Net.NetworkCredential]::new('', 'correct horse').SecurePassword)").AssertClean();
    }

    [Fact]
    public void The_environment_names_the_identity_where_no_parameter_does()
    {
        Run("Backup-SqliteDatabase app.db backups/ -Recipient (New-SqliteBackupIdentity key.txt).Recipient").AssertClean();
        File.WriteAllText(Folder["read.ps1"], $"""
            $env:SQLITEBACKUP_IDENTITY_FILE = 'key.txt'
            Import-Module '{BuildPaths.StagedModule}'
            "$((Test-SqliteBackup backups/).Status)"
            Get-SqliteBackup backups | Restore-SqliteDatabase -Destination new.db
            """);

        using var process = new ModuleProcess(PowerShellStart.Plain("-File", Folder["read.ps1"]), Folder.Path);

        Assert.Equal((0, ""), (process.Join(), process.Error));
        Assert.Equal("Ok", process.Output.Trim());
        Assert.Equal(File.ReadAllBytes(Folder["app.db"]).Length, File.ReadAllBytes(Folder["new.db"]).Length);
    }

    [Theory]
    [InlineData("Backup-SqliteDatabase app.db out.db.age")]
    [InlineData("Backup-SqliteDatabase app.db backups/ -Recipient age1mistyped")]
    [InlineData("Backup-SqliteDatabase app.db backups/ -Recipient (New-SqliteBackupIdentity k.txt).Recipient -Passphrase ([Net.NetworkCredential]::new('', 'x').SecurePassword)")]
    [InlineData("Backup-SqliteDatabase app.db restic:repository/ -Recipient (New-SqliteBackupIdentity k.txt).Recipient")]
    public void What_does_not_fit_together_is_refused(string command)
    {
        AssertFails("InvalidOption", Run(command));
        Assert.False(File.Exists(Folder["out.db.age"]) || Directory.Exists(Folder["backups"]));
    }

    private static void AssertFails(string id, RunOutcome outcome)
    {
        Assert.Null(outcome.Terminating);
        ErrorRecord error = Assert.Single(outcome.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
