using System.Security.Cryptography;
using System.Text;

namespace SqliteBackup.Engine.Tests.Backup;

/// <summary>Every bad input is one clear error with its id, and leaves nothing behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file() => AssertFails(BackupFailure.FileNotFound, _folder["nope.db"], "no file");

    [Fact]
    public void A_folder()
    {
        Directory.CreateDirectory(_folder["folder"]);

        AssertFails(BackupFailure.NotADatabase, _folder["folder"], "is a folder");
    }

    [Fact]
    public void An_empty_file() => AssertFails(BackupFailure.NotADatabase, Write("empty.db", []), "is empty");

    [Theory]
    [InlineData("just text")]
    [InlineData("SQLite format 2\0 and so on")]
    public void A_file_that_is_no_database(string content) =>
        AssertFails(BackupFailure.NotADatabase, Write("app.db", Encoding.UTF8.GetBytes(content)), "not an SQLite database");

    [Fact]
    public void An_encrypted_database() =>
        AssertFails(BackupFailure.NotADatabase, Write("app.db", RandomNumberGenerator.GetBytes(8192)), "most likely encrypted");

    [Theory]
    [InlineData("delete", 100)]
    [InlineData("delete", 4096)]
    [InlineData("delete", 20000)]
    [InlineData("wal", 20000)]
    public void A_database_that_is_cut_short(string journalMode, int length)
    {
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 0.2 }.Create(_folder["app.db"]);
        using (FileStream file = File.OpenWrite(database))
        {
            file.SetLength(length);
        }

        AssertFails(BackupFailure.NotADatabase, database, "cut short");
    }

    [Fact]
    public void A_header_with_a_page_size_that_does_not_exist()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        byte[] bytes = File.ReadAllBytes(database);
        (bytes[16], bytes[17]) = (3, 3);

        AssertFails(BackupFailure.NotADatabase, Write("app.db", bytes), "page size");
    }

    [Fact]
    public void A_named_pipe_is_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no named pipes in folders");
        using (System.Diagnostics.Process process = System.Diagnostics.Process.Start("mkfifo", _folder["pipe.db"]))
        {
            process.WaitForExit();
        }

        AssertFails(BackupFailure.NotADatabase, _folder["pipe.db"], "is a pipe");
    }

    [Theory]
    [InlineData("same")]
    [InlineData("symbolic")]
    [InlineData("hard")]
    [InlineData("folder")]
    public void The_destination_is_the_source(string link)
    {
        string database = new SampleDatabase().Create(_folder["data/app.db"]);
        string destination = _folder["data/other.db"];
        switch (link)
        {
            case "same":
                destination = database;
                break;
            case "symbolic":
                File.CreateSymbolicLink(destination, database);
                break;
            case "hard":
                Special.HardLink(database, destination);
                break;
            default:
                Directory.CreateSymbolicLink(_folder["linked"], _folder["data"]);
                destination = _folder["linked/app.db"];
                break;
        }

        string[] before = FolderSnapshot.Take(_folder["data"]);

        SqliteBackupException error = BackupRun.Fails(
            BackupFailure.DestinationIsSource, () => BackupRun.Run(database, destination, overwrite: true));

        Assert.Contains("another destination", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, FolderSnapshot.Take(_folder["data"]));
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void The_destination_is_a_part_of_the_source(string suffix)
    {
        string database = new SampleDatabase().Create(_folder["data/app.db"]);

        BackupRun.Fails(BackupFailure.DestinationIsSource, () => BackupRun.Run(database, database + suffix, overwrite: true));

        Assert.Equal(["app.db"], _folder.Files("data"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_destination_exists(bool isDanglingLink)
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        if (isDanglingLink)
        {
            File.CreateSymbolicLink(_folder["out/copy.db"], _folder["nowhere"]);
        }
        else
        {
            File.WriteAllText(_folder["out/copy.db"], "precious");
        }

        SqliteBackupException error = BackupRun.Fails(
            BackupFailure.DestinationExists, () => BackupRun.Run(database, _folder["out/copy.db"]));

        Assert.Contains("-Force", error.Message, StringComparison.Ordinal);
        Assert.Equal(["copy.db"], _folder.Files("out"));
        Assert.False(File.Exists(_folder["nowhere"]));
        Assert.True(isDanglingLink || File.ReadAllText(_folder["out/copy.db"]) == "precious");
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-journal")]
    public void A_stale_sidecar_at_the_destination_would_be_replayed_into_the_backup(string suffix)
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/copy.db" + suffix], "frames of another database");

        BackupRun.Fails(BackupFailure.DestinationExists, () => BackupRun.Run(database, _folder["out/copy.db"], overwrite: true));

        Assert.Equal(["copy.db" + suffix], _folder.Files("out"));
    }

    [Fact]
    public void A_folder_that_can_not_be_written()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        using ReadOnlyFolder folder = ReadOnlyFolder.TryMake(_folder["out"], out string? reason)!;
        Assert.SkipWhen(folder is null, $"no folder could be made read-only: {reason}");

        BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(database, _folder["out/copy.db"]));
        BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(database, _folder["out/deeper/copy.db"]));

        Assert.Empty(_folder.Files("out"));
    }

    [Fact]
    public void A_folder_that_can_not_be_made()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        File.WriteAllText(_folder["file"], "not a folder");

        SqliteBackupException error = BackupRun.Fails(
            BackupFailure.DestinationOpenFailed, () => BackupRun.Run(database, _folder["file/copy.db"]));

        Assert.Contains("is a file, not a folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_too_long()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);

        BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(database, _folder["out/" + new string('x', 300) + ".db"]));

        Assert.False(Directory.Exists(_folder["out"]));
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }

    private void AssertFails(BackupFailure failure, string database, string says)
    {
        SqliteBackupException error = BackupRun.Fails(failure, () => BackupRun.Run(database, _folder["out/copy.db"]));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(database, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }
}
