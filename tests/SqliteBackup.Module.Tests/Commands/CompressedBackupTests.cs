using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>A compressed backup is handed to every cmdlet: it is read without being told, or the answer is what to do instead.</summary>
public sealed class CompressedBackupTests : ModuleTest
{
    public static TheoryData<string, string> Formats => new() { { "Gzip", ".gz" }, { "Zstd", ".zst" } };

    [Theory]
    [MemberData(nameof(Formats))]
    public void It_is_tested_and_restored_with_and_without_its_manifest(string compress, string suffix)
    {
        string backup = Compressed(compress, suffix);

        foreach (bool hasManifest in (bool[])[true, false])
        {
            Assert.Equal(hasManifest ? "Matches" : "NoneRecorded", Run("Test-SqliteBackup $args[0]", backup).Get<object>("Checksum").ToString());
            Assert.Equal("Ok", Run("Test-SqliteBackup $args[0]", backup).Get<object>("Status").ToString());
            Run("Restore-SqliteDatabase $args[0] new.db -Confirm:$false -Force", backup).AssertClean();
            Assert.Equal(Rows(Folder["app.db"]), Rows(Folder["new.db"]));
            File.Delete(backup + ".json");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void It_is_exported_like_the_database_in_it(string compress, string suffix)
    {
        string backup = Compressed(compress, suffix);
        string[] expected = [.. Run("Export-SqliteDatabase app.db -AsString").Output.Select(line => line.ToString())];

        Assert.Equal(expected, Run("Export-SqliteDatabase $args[0] -AsString", backup).Output.Select(line => line.ToString()));
        RunOutcome exported = Run("Get-SqliteBackup backups | Export-SqliteDatabase -Destination text/");

        Assert.Equal(Folder["text/app.sql"], exported.Backup);
        Assert.Equal(Run("Get-SqliteBackup backups").Get<DateTime?>("SnapshotTakenAt"), exported.Get<DateTime>("SnapshotTakenAt"));
        Assert.Equal(Path.GetFileName(backup), Folder.Backups("backups").Single());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_damaged_one_is_no_text_and_no_database(string compress, string suffix)
    {
        string backup = Compressed(compress, suffix);
        byte[] bytes = File.ReadAllBytes(backup);
        bytes[bytes.Length / 2] ^= 0x55;
        File.WriteAllBytes(backup, bytes);

        AssertFails("ChecksumMismatch", Run("Export-SqliteDatabase $args[0] out.sql", backup));
        AssertFails("ChecksumMismatch", Run("Restore-SqliteDatabase $args[0] new.db -Confirm:$false", backup));
        Assert.Equal("Corrupt", Run("Test-SqliteBackup $args[0]", backup).Get<object>("Status").ToString());
        Assert.False(File.Exists(Folder["out.sql"]) || File.Exists(Folder["new.db"]));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void It_is_no_live_database_and_the_message_says_what_to_do(string compress, string suffix)
    {
        string backup = Compressed(compress, suffix);

        Assert.Contains("Restore-SqliteDatabase", AssertFails("NotADatabase", Run("Backup-SqliteDatabase $args[0] other/", backup)), StringComparison.Ordinal);
        Assert.Contains("Get-SqliteBackup", AssertFails("NotADatabase", Run("Get-SqliteDatabase $args[0]", backup)), StringComparison.Ordinal);
        Assert.Contains("Restore-SqliteDatabase", AssertFails("RestoreFailed", Run("Import-SqliteDatabase $args[0] new.db", backup)), StringComparison.Ordinal);
        Assert.Contains("Restore-SqliteDatabase", AssertFails("NotADatabase", Run("Test-SqliteBackup app.db -Against $args[0]", backup)), StringComparison.Ordinal);
        Run("Get-SqliteDatabase backups").AssertClean();
        Assert.Empty(Run("Get-SqliteDatabase backups").Output);
        Assert.Equal(["app.db", "backups"], Folder.Files());
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void What_is_compressed_but_holds_no_database_is_called_by_its_own_name(string suffix)
    {
        Create("app.db");
        Run("Export-SqliteDatabase app.db $args[0]", "text.sql" + suffix).AssertClean();

        Assert.Contains($"text.sql{suffix}' is not", AssertFails("NotADatabase", Run("Export-SqliteDatabase $args[0] x.sql", "text.sql" + suffix)), StringComparison.Ordinal);
        Assert.Contains($"text.sql{suffix}' is not", Run("Test-SqliteBackup $args[0]", "text.sql" + suffix).Get<IReadOnlyList<string>>("Findings").Single(), StringComparison.Ordinal);
    }

    private static string AssertFails(string id, RunOutcome outcome)
    {
        Assert.Null(outcome.Terminating);
        ErrorRecord error = Assert.Single(outcome.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        return error.Exception.Message;
    }

    private string Compressed(string compress, string suffix)
    {
        Create("app.db");
        Run("Backup-SqliteDatabase app.db backups/ -Compress $args[0] -FileNameFormat '{name}{extension}'", compress).AssertClean();
        return Folder["backups/app.db" + suffix];
    }
}
