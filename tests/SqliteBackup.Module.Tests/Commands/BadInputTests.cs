using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

public sealed class BadInputTests : ModuleTest
{
    [Fact]
    public void A_folder_is_an_error_that_says_to_name_its_files()
    {
        Directory.CreateDirectory(Folder["data"]);

        ErrorRecord error = AssertFails("Backup-SqliteDatabase data backups/", "NotADatabase");

        Assert.Equal(Folder["data"], error.TargetObject);
        Assert.Contains("*.db", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Export-SqliteDatabase app.db")]
    [InlineData("Export-SqliteDatabase app.db -AsString -SchemaOnly -DataOnly")]
    [InlineData("Restore-SqliteDatabase app.db new.db -SafetyCopyPath saved.db -NoSafetyCopy")]
    public void Parameters_that_contradict_each_other_are_an_invalid_option(string script)
    {
        Create("app.db");
        ErrorRecord error = Assert.Single(Run(script).Errors);
        Assert.StartsWith("InvalidOption,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["app.db"], Folder.Files());
    }

    [Fact]
    public void An_empty_file_is_no_database()
    {
        File.WriteAllText(Folder["app.db"], "");
        AssertFails("Backup-SqliteDatabase app.db backups/", "NotADatabase");
    }

    [Fact]
    public void A_text_file_is_no_database()
    {
        File.WriteAllText(Folder["app.db"], "Dear diary, today I was not a database. " + new string('x', 5000));
        AssertFails("Backup-SqliteDatabase app.db backups/", "NotADatabase");
    }

    [Fact]
    public void A_file_cut_short_is_no_database()
    {
        using (FileStream file = File.Open(Create("app.db"), FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        AssertFails("Backup-SqliteDatabase app.db backups/", "NotADatabase");
    }

    [Fact]
    public void A_file_of_noise_is_likely_encrypted()
    {
        byte[] noise = new byte[8192];
        new Random(7).NextBytes(noise);
        File.WriteAllBytes(Folder["app.db"], noise);

        ErrorRecord error = AssertFails("Backup-SqliteDatabase app.db backups/", "NotADatabase");

        Assert.Contains("encrypted", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_destination_may_not_be_the_source()
    {
        Create("app.db", rows: 11);

        AssertFails("Backup-SqliteDatabase app.db app.db -Force", "DestinationIsSource");

        Assert.Equal(11, Rows(Folder["app.db"]));
    }

    [Fact]
    public void The_destination_may_not_be_a_link_to_the_source()
    {
        Create("app.db");
        File.CreateSymbolicLink(Folder["link.db"], Folder["app.db"]);

        AssertFails("Backup-SqliteDatabase app.db link.db -Force", "DestinationIsSource");
    }

    [Fact]
    public void A_folder_that_can_not_be_made_is_DestinationOpenFailed()
    {
        Create("app.db");
        File.WriteAllText(Folder["file"], "not a folder");

        AssertFails("Backup-SqliteDatabase app.db file/below/", "DestinationOpenFailed");
    }

    [Fact]
    public void A_damaged_database_gives_IntegrityCheckFailed_and_no_file()
    {
        using (FileStream file = File.Open(Create("app.db"), FileMode.Open))
        {
            file.Seek(4096 * 5, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0xEE, 4096 * 4).ToArray());
        }

        AssertFails("Backup-SqliteDatabase app.db backups/", "IntegrityCheckFailed");
        Run("Backup-SqliteDatabase app.db rescued.db -Verify None").AssertClean();
    }

    [Fact]
    public void A_database_that_another_process_keeps_locked_is_SourceBusy_and_the_row_says_what_is_waited_for()
    {
        using WriterProcess writer = WriterProcess.Start(Create("app.db"), "hold-exclusive");

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db backups/ -BusyTimeoutSeconds 0.7");

        ErrorRecord error = outcome.AssertError("SourceBusy");
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.Contains("-BusyTimeoutSeconds", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(outcome.Progress, record => record.StatusDescription.StartsWith("Waiting for a lock", StringComparison.Ordinal));
        Assert.Empty(Folder.Backups("backups"));
    }

    [Fact]
    public void A_hard_link_to_the_source_is_the_source()
    {
        Create("app.db");
        Special.HardLink(Folder["app.db"], Folder["link.db"]);

        AssertFails("Backup-SqliteDatabase app.db link.db -Force", "DestinationIsSource");
    }

    [Fact]
    public void A_folder_that_can_not_be_written_is_DestinationOpenFailed()
    {
        Create("app.db");
        Directory.CreateDirectory(Folder["sealed"]);
        using ReadOnlyFolder? made = ReadOnlyFolder.TryMake(Folder["sealed"], out string? reason);
        Assert.SkipWhen(made is null, reason ?? "");

        AssertFails("Backup-SqliteDatabase app.db sealed/", "DestinationOpenFailed");
    }

    [Fact]
    public void A_backup_past_its_time_is_BackupTimedOut()
    {
        Create("app.db", rows: 200);

        AssertFails(
            "Backup-SqliteDatabase app.db backups/ -PagesPerStep 1 -StepDelayMilliseconds 100 -TimeoutSeconds 0.5", "BackupTimedOut");
    }

    [Theory]
    [InlineData("-CompressionLevel 19", "-Compress Zstd")]
    [InlineData("-Compress Gzip -CompressionLevel 15", "1 (fastest) to 9")]
    public void A_compression_level_that_fits_nothing_is_an_error_and_makes_nothing(string options, string advice)
    {
        Create("app.db");

        RunOutcome outcome = Run($"Backup-SqliteDatabase app.db backups/ {options}");

        Assert.Contains(advice, outcome.AssertError("InvalidOption").Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["app.db"], Folder.Files());
    }

    [Theory]
    [InlineData("-PagesPerStep 0", "Suspend-SqliteBackup")]
    [InlineData("-PagesPerStep -2", "-1")]
    [InlineData("-StepMilliseconds 0", "1")]
    [InlineData("-StepDelayMilliseconds -1", "0")]
    [InlineData("-MaxBytesPerSecond -1", "0")]
    [InlineData("-MaxWalGrowth -1", "0")]
    [InlineData("-MaxWriterStallSeconds -0.5", "0")]
    [InlineData("-BusyTimeoutSeconds -1", "0")]
    [InlineData("-TimeoutSeconds ([double]::NaN)", "NaN")]
    [InlineData("-CopyMode Sideways", "Snapshot")]
    [InlineData("-Verify Maybe", "Quick")]
    public void A_value_out_of_range_is_refused_before_any_work(string argument, string hint)
    {
        Create("app.db");

        RunOutcome outcome = Run($"Backup-SqliteDatabase app.db backups/ {argument}");

        Assert.Contains(hint, outcome.AssertRefused(argument.Split(' ')[0][1..]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder["backups"]));
    }

    private ErrorRecord AssertFails(string script, string id)
    {
        string[] before = Folder.Files();
        ErrorRecord error = Run(script).AssertError(id);
        Assert.Equal(before, Folder.Files());
        Assert.True(!Directory.Exists(Folder["backups"]) || Folder.Backups("backups").Length == 0);
        RunOutcome.AssertSaysWhatToDo(error);
        return error;
    }
}
