using System.Management.Automation;
using System.Text.RegularExpressions;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

public sealed class ResultTests : ModuleTest
{
    [Fact]
    public void A_result_has_every_property_raw_and_is_the_engines_own_object()
    {
        Create("app.db", rows: 64);

        PSObject result = Run("Backup-SqliteDatabase app.db backups/").Result;

        Assert.Equal("SqliteBackup.Backup.BackupResult", result.TypeNames[0]);
        Assert.Equal(
            [
                "Backup", "BusyRetries", "Bytes", "BytesAdded", "BytesFreed", "BytesPerSecond", "Compression", "CopyMode", "Database", "Duration",
                "Escalations", "ExtentsAdded", "ForeignKeysChecked", "IsEncrypted", "LastCheck", "LastCheckedAt", "MaxReadLock", "PSPath", "PageCount", "PageSize", "PagesCopied", "PeakWalBytes", "Promises", "Removed", "Restarts", "Sha256",
                "SnapshotTakenAt", "SqliteVersion", "StartedAt", "Steps", "StoredBytes", "ThrottledFor", "Unchanged", "Verified",
            ],
            result.Properties.Select(property => property.Name).Order(StringComparer.Ordinal));
        string destination = (string)result.Properties["Backup"].Value;
        Assert.Equal(new FileInfo(destination).Length, result.Properties["Bytes"].Value);
        Assert.Equal(Pages(destination), result.Properties["PageCount"].Value);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)result.Properties["StartedAt"].Value).Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(-1)]
    public void Every_number_of_pages_a_step_gives_the_same_pages(int pagesPerStep)
    {
        Create("app.db", rows: 250);

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db copy.db -PagesPerStep $args[0]", pagesPerStep);

        long pages = outcome.Get<long>("PageCount");
        Assert.Equal(Pages(Folder["app.db"]), pages);
        Assert.Equal(pagesPerStep < 0 ? 1 : (pages + pagesPerStep - 1) / pagesPerStep, outcome.Get<long>("Steps"));
        Assert.Equal(Ledger.Read(Folder["app.db"]), Ledger.Read(Folder["copy.db"]));
    }

    [Theory]
    [InlineData("wal", "Snapshot")]
    [InlineData("delete", "Stepped")]
    public void A_database_under_a_writer_is_backed_up_as_of_one_instant(string journalMode, string copyMode)
    {
        // So small, and the writer so slow, that a busy machine also copies it in steps between two commits.
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 2 }.Create(Folder["app.db"]);
        long before = Ledger.Read(database).Entries;
        using WriterProcess writer = WriterProcess.Start(database, rate: 5);

        RunOutcome outcome = Run("Backup-SqliteDatabase app.db backups/ -CopyMode $args[0]", copyMode);

        LedgerState copy = Ledger.Read(outcome.Backup);
        WriterReport report = writer.Stop();
        Assert.True(copy.IsOneInstant, copy.ToString());
        Assert.InRange(copy.Entries, before, Ledger.Read(database).Entries);
        Assert.Equal(0, report.Errors);
        Assert.Single(Folder.Backups("backups"));
        Assert.Equal(copyMode, outcome.Get<object>("CopyMode").ToString());
    }

    [Fact]
    public void The_table_shows_names_and_sizes_for_people_and_the_folder_once()
    {
        Create("first.db", rows: 500);
        Create("second.db", rows: 5);

        Run("Backup-SqliteDatabase *.db backups/ -FileNameFormat '{name}.bak' | Out-Default").AssertClean();

        string text = Regex.Replace(Session.Host.Text, "\u001b\\[[0-9;]*m", "");
        Assert.Equal(2, text.Split("Folder: ").Length);
        Assert.Contains($"Folder: {Folder["backups"]}\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches(@"first\.db +2\.\d MB +\d+\.\d\d s +Stepped +first\.bak", text);
        Assert.Matches(@"second\.db +[0-9.]+ KB +\d+\.\d\d s +Stepped +second\.bak", text);
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
    }

    [Fact]
    public void A_result_survives_serialisation_and_looks_the_same()
    {
        Create("app.db", rows: 300);
        RunOutcome outcome = Run("Backup-SqliteDatabase app.db backups/ -FileNameFormat '{name}.bak'");
        PSObject original = outcome.Result;

        var back = (PSObject)PSSerializer.Deserialize(PSSerializer.Serialize(original));

        Assert.Equal("Deserialized.SqliteBackup.Backup.BackupResult", back.TypeNames[0]);
        foreach (PSPropertyInfo property in original.Properties)
        {
            object value = back.Properties[property.Name].Value;
            Assert.Equal(property.Value is Enum ? $"{property.Value}" : property.Value, property.Value is Enum ? $"{value}" : value);
        }

        using var later = new ModuleSession();
        later.Run("$args[0] | Out-Default", back).AssertClean();
        Assert.Matches(@"app\.db +1\.\d MB +.*app\.bak", later.Host.Text);
    }

    [Fact]
    public void The_list_view_has_every_property()
    {
        string view = File.ReadAllText(Path.Combine(BuildPaths.StagedModule, "SqliteBackup.Format.ps1xml"));
        string list = view[view.IndexOf("BackupResult.List", StringComparison.Ordinal)..];
        Create("app.db");

        Assert.All(
            Run("Backup-SqliteDatabase app.db backups/").Result.Properties.Where(property => property.Name != "PSPath"),
            property => Assert.True(
                list.Contains($"<PropertyName>{property.Name}</PropertyName>", StringComparison.Ordinal)
                    || list.Contains($"<Label>{property.Name}</Label>", StringComparison.Ordinal),
                property.Name));
    }

    [Theory]
    [InlineData("Get-SqliteDatabase app.db", @"1\.\d MB +0 B +4096 Rollback +\S+ +app\.db")]
    [InlineData("$null = Backup-SqliteDatabase app.db backups/; Get-SqliteBackupProgress -Database app.db", @"Completed +100 % .*app\.db")]
    public void Other_objects_have_tables_too(string script, string expected)
    {
        Create("app.db", rows: 300);

        Run($"{script} | Out-Default").AssertClean();

        Assert.Matches(expected, Session.Host.Text);
    }
}
