using SqliteBackup.Sql;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Storage;

/// <summary>A backup is private while it is made, complete when it gets its name, and leaves nothing when it does not.</summary>
public sealed class StagingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("600", "600")]
    [InlineData("640", "640")]
    [InlineData("644", "644")]
    [InlineData("444", "644")]
    [InlineData("755", "644")]
    public void A_backup_has_the_rights_of_its_source_and_staging_is_its_owners_alone(string source, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder there");
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        File.SetUnixFileMode(database, Mode(source));
        File.SetUnixFileMode(_folder.Path, Mode("755"));
        var seen = new HashSet<UnixFileMode>();
        var observer = new RecordingObserver(_ =>
        {
            foreach (string path in Directory.Exists(_folder["out"]) ? Directory.GetFiles(_folder["out"], "*.partial-*") : [])
            {
                seen.Add(File.GetUnixFileMode(path));
            }
        });

        BackupRun.Run(database, _folder["out/copy.db"], new CopyOptions { PagesPerStep = 20, StepDelay = TimeSpan.FromMilliseconds(10) }, observer);

        Assert.Equal(Mode(expected), File.GetUnixFileMode(_folder["out/copy.db"]));
        Assert.Equal([Mode("600")], seen);
    }

    [Fact]
    public void What_has_no_name_yet_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder there");
        File.WriteAllText(_folder["taken.db"], "");
        using StagedFile staged = StagedFile.Create(_folder["taken.db"]);

        Assert.Throws<SqliteBackupException>(() => staged.Publish(overwrite: false, Mode("644")));

        Assert.Equal(Mode("600"), File.GetUnixFileMode(staged.Path));
    }

    [Theory]
    [InlineData(true, "copy.db")]
    [InlineData(false, "copy.db")]
    [InlineData(null, "copy.db.failed-*")]
    public void What_is_complete_is_nobodys_to_sweep_until_it_has_its_name(bool? overwrite, string expected)
    {
        using StagedFile staged = StagedFile.Create(_folder["copy.db"]);
        staged.Write(0, "whole"u8);
        staged.Flush();

        StagingName.SweepAbandoned(_folder.Path);
        if (overwrite is bool replace)
        {
            staged.Publish(replace, BackupRights.OwnerOnly);
        }
        else
        {
            _ = staged.KeepAside();
        }

        Assert.Equal("whole", File.ReadAllText(Assert.Single(Directory.GetFiles(_folder.Path, expected))));
        Assert.Single(_folder.Files());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Import_and_export_remove_what_killed_ones_left(bool imports)
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        File.WriteAllText(_folder["in.sql"], "CREATE TABLE t(a);");
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/other.partial-0123456789abcdef"], "left by one that was killed");

        if (imports)
        {
            SqlImport.Run(new ImportRequest { Path = _folder["in.sql"], Destination = _folder["out/new"] }, null, TestContext.Current.CancellationToken);
        }
        else
        {
            SqlExport.ToFile(new ExportRequest { Database = database }, _folder["out/new"], overwrite: false, null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["new"], _folder.Files("out"));
    }

    [Fact]
    public void A_link_planted_at_the_final_name_is_replaced_and_not_followed()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        File.WriteAllText(_folder["victim"], "precious");
        Directory.CreateDirectory(_folder["out"]);
        File.CreateSymbolicLink(_folder["out/copy.db"], _folder["victim"]);

        BackupRun.Run(database, _folder["out/copy.db"], overwrite: true);

        Assert.Equal("precious", File.ReadAllText(_folder["victim"]));
        Assert.Null(new FileInfo(_folder["out/copy.db"]).LinkTarget);
        BackupRun.AssertGood(_folder["out/copy.db"]);
    }

    [Fact]
    public void Force_replaces_a_backup_only_when_the_new_one_is_complete()
    {
        string database = new SampleDatabase { Megabytes = 1, Entries = 5 }.Create(_folder["app.db"]);
        File.WriteAllText(_folder["copy.db"], "the old backup");
        var contents = new HashSet<string>();
        var observer = new RecordingObserver(progress =>
        {
            if (progress.State != BackupState.Completed)
            {
                contents.Add(File.ReadAllText(_folder["copy.db"]));
            }
        });

        BackupRun.Run(database, _folder["copy.db"], new CopyOptions { PagesPerStep = 50, StepDelay = TimeSpan.FromMilliseconds(10) }, observer, overwrite: true);

        Assert.Equal(["the old backup"], contents);
        Assert.Equal(5, BackupRun.AssertGood(_folder["copy.db"]).Entries);
    }

    [Fact]
    public void What_a_killed_run_left_is_swept_and_what_a_living_one_works_on_is_not()
    {
        Directory.CreateDirectory(_folder["out"]);
        string abandoned = _folder["out/a.db.partial-0123456789abcdef"];
        string[] others = ["a.db", "a.db.partial-of-mine", "a.db.partial-0123456789abcdef.txt", "b.db-wal"];
        foreach (string path in others.Select(name => _folder["out/" + name]).Append(abandoned).Append(abandoned + "-wal").Append(_folder["out/gone.db.partial-00000000000000aa-journal"]))
        {
            File.WriteAllText(path, "x");
        }

        using (StagedFile living = StagedFile.Create(_folder["out/living.db"]))
        {
            StagingName.SweepAbandoned(_folder["out"]);

            Assert.Equal([.. others.Append(Path.GetFileName(living.Path)).Order(StringComparer.Ordinal)], _folder.Files("out"));
        }

        Assert.Equal(others.Order(StringComparer.Ordinal), _folder.Files("out"));
    }

    [Fact]
    public void A_folder_that_was_made_for_a_backup_that_failed_is_gone_again()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        using var cancel = new CancellationTokenSource();
        var observer = new RecordingObserver(_ => cancel.Cancel());

        Assert.ThrowsAny<OperationCanceledException>(
            () => BackupRun.Run(database, _folder["a/b/c/copy.db"], new CopyOptions { PagesPerStep = 1 }, observer, cancel: cancel.Token));

        Assert.Equal(["app.db"], _folder.Files());
    }

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);
}
