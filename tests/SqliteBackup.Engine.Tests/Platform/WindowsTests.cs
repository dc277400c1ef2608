using Microsoft.Data.Sqlite;
using SqliteBackup.Catalog;
using SqliteBackup.Platform;
using SqliteBackup.Registry;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Platform;

/// <summary>What of Windows' ways can be seen on any system: its names, its numbers, and what a reader does to a rename.</summary>
public sealed class WindowsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(@"out\NUL", "device")]
    [InlineData(@"C:\out\nul.db", "device")]
    [InlineData(@"out/aux.tar.gz", "device")]
    [InlineData(@"out\com1 .db", "device")]
    [InlineData("LPT\u00B2", "device")]
    [InlineData(@"\\.\pipe\x", "device")]
    [InlineData(@"NUL\app.db", "device")]
    [InlineData("app.db.", "dot")]
    [InlineData(@"out.\app.db", "dot")]
    [InlineData("app.db ", "space")]
    [InlineData(@"Temp:\app.db", null)]
    [InlineData(@"Microsoft.PowerShell.Core\FileSystem::C:\out\app.db", null)]
    [InlineData(@"C:\out\app.db:bak", "stream")]
    [InlineData(@"C:\out\app.db", null)]
    [InlineData(@"\\?\C:\out\app.db", null)]
    [InlineData(@"\\nas\share\out\", null)]
    [InlineData(@"..\.\.config", null)]
    [InlineData("console.db", null)]
    [InlineData("COM10", null)]
    [InlineData("NULL.db", null)]
    public void Names_that_Windows_gives_to_something_else_are_told(string path, string? problem)
    {
        if (problem is null)
        {
            Assert.Null(WindowsNames.ProblemOf(path));
        }
        else
        {
            Assert.Contains(problem, WindowsNames.ProblemOf(path), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("NUL.{timestamp}")]
    [InlineData("{name}.")]
    [InlineData("{name} ")]
    public void Names_that_a_format_yields_are_refused_where_Windows_gives_them_to_something_else(string format)
    {
        string path = Path.Combine(_folder.Path, FileNameFormat.Parse(format).GetFileName("/in/app.db", DateTime.UtcNow));

        SqliteBackupException error = Assert.Throws<SqliteBackupException>(() => DestinationRules.ThrowIfForeignName(path, isWindows: true));
        Assert.Equal(BackupFailure.DestinationOpenFailed, error.Failure);
        Assert.Contains("FileNameFormat", error.Message, StringComparison.Ordinal);
        DestinationRules.ThrowIfForeignName(path, isWindows: false);
    }

    [Theory]
    [InlineData(0x80070020, "has it open")]
    [InlineData(0x80070021, "has it open")]
    [InlineData(0x80070013, "read-only")]
    [InlineData(0x800700CE, "shorter name")]
    [InlineData(0x80070005, "may write to it")]
    public void What_to_do_fits_what_Windows_refused(uint code, string advice)
    {
        SqliteBackupException error = FileErrors.Translate(new IOException("refused", unchecked((int)code)), _folder["a.db"], BackupFailure.DestinationOpenFailed);

        Assert.Equal(BackupFailure.DestinationOpenFailed, error.Failure);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x80070027)]
    [InlineData(0x80070070)]
    [InlineData(0x8007050F)]
    public void A_full_disk_and_a_quota_of_Windows_are_a_full_destination(uint code) =>
        Assert.Equal(
            BackupFailure.DestinationFull,
            FileErrors.Translate(new IOException("full", unchecked((int)code)), _folder["a.db"], BackupFailure.DestinationOpenFailed).Failure);

    [Theory]
    [InlineData(5, true, typeof(UnauthorizedAccessException))]
    [InlineData(32, true, typeof(IOException))]
    [InlineData(33, true, typeof(IOException))]
    [InlineData(112, false, typeof(IOException))]
    [InlineData(183, false, typeof(IOException))]
    public void What_another_program_holds_is_tried_again_and_nothing_else(int code, bool isMomentary, Type type)
    {
        Exception exception = WindowsErrors.ExceptionOf(code, "x");

        Assert.IsType(type, exception);
        Assert.Equal(unchecked((int)0x80070000) | code, exception.HResult);
        Assert.Equal(isMomentary, WindowsErrors.IsMomentary(exception));
    }

    [Fact]
    public void A_free_name_is_taken_and_an_occupied_one_is_not()
    {
        File.WriteAllText(_folder["new"], "new");
        File.WriteAllText(_folder["taken"], "old");

        Assert.False(FileRename.TryTakeName(_folder["new"], _folder["taken"]));
        Assert.Equal("old", File.ReadAllText(_folder["taken"]));
        Assert.True(FileRename.TryTakeName(_folder["new"], _folder["free"]));
        FileRename.Replace(_folder["free"], _folder["taken"]);
        Assert.Equal("new", File.ReadAllText(_folder["taken"]));
        Assert.Equal(["taken"], _folder.Files());
    }

    [Fact]
    public void A_name_that_is_too_long_for_Windows_is_told_as_such()
    {
        const int InvalidName = unchecked((int)0x8007007B);

        Assert.Contains("shorter name", FileErrors.Translate(new IOException("no", InvalidName), _folder[new string('a', 240)], BackupFailure.BackupFailed).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("shorter name", FileErrors.Translate(new IOException("no", InvalidName), _folder["a"], BackupFailure.BackupFailed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_is_mounted_read_only_is_told_as_such()
    {
        string source = new SampleDatabase().Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        using ReadOnlyFolder? folder = ReadOnlyFolder.TryMake(_folder["out"], out string? reason);
        Assert.SkipWhen(folder is null || Environment.UserName != "root", reason ?? "it takes a mount, which only root makes");

        string message = BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(source, _folder["out/copy.db"])).Message;

        Assert.Contains("Mount it for writing", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"C:\", @"\\?\C:\")]
    [InlineData(@"C:/", @"\\?\C:\")]
    [InlineData(@"\\nas\share\", @"\\?\UNC\nas\share\")]
    [InlineData(@"\\?\C:\", @"\\?\C:\")]
    [InlineData(@"\\.\", @"\\.\")]
    [InlineData("relative", "relative")]
    public void A_path_that_is_too_long_for_Windows_has_its_long_form(string beginning, string expected)
    {
        string name = new('a', 260);

        Assert.Equal(expected + name, WindowsFileStatus.Extended(beginning + name));
        Assert.Equal(beginning, WindowsFileStatus.Extended(beginning));
    }

    [Fact]
    public void Times_of_Windows_fit_and_keep_their_order()
    {
        var time = new DateTime(2026, 7, 12, 8, 33, 51, DateTimeKind.Utc);

        Assert.Equal((time - DateTime.UnixEpoch).Ticks * 100, WindowsFileStatus.UnixNanoseconds(time.ToFileTimeUtc()));
        Assert.Equal(100, WindowsFileStatus.UnixNanoseconds(time.ToFileTimeUtc() + 1) - WindowsFileStatus.UnixNanoseconds(time.ToFileTimeUtc()));
    }

    [Fact]
    public void An_entry_whose_name_is_held_for_a_moment_is_written_in_the_next()
    {
        // As a reader does on Windows: while a folder has the name, no file takes it.
        string path = _folder["entry.json"];
        Directory.CreateDirectory(path);

        PrivateFile.Write(path, "new"u8, new BriefRetry(TimeSpan.FromMinutes(1), () => Directory.Delete(path)));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["entry.json"], _folder.Files());
    }

    [Fact]
    public void An_entry_that_can_never_be_written_is_an_error_in_the_end_and_leaves_nothing()
    {
        Directory.CreateDirectory(_folder["entry.json/full"]);

        Exception? exception = Record.Exception(() => PrivateFile.Write(_folder["entry.json"], "new"u8, new BriefRetry(TimeSpan.Zero, () => { })));

        Assert.True(exception is not null && PrivateFile.IsFileError(exception), exception?.ToString());

        Assert.Equal(["entry.json"], _folder.Files());
    }

    [Theory]
    [InlineData(39, true)]
    [InlineData(112, true)]
    [InlineData(1295, true)]
    [InlineData(27, false)]
    [InlineData(28, false)]
    [InlineData(69, false)]
    [InlineData(122, false)]
    public void What_SQLite_has_of_GetLastError_is_no_number_of_Unix(int code, bool isNoSpace) => Assert.Equal(isNoSpace, WindowsErrors.IsNoSpace(code));

    [Fact]
    public void The_bytes_that_a_locked_database_keeps_from_others_are_not_read_for_its_safety_copy()
    {
        const long FirstLock = 1L << 30;
        string database = new SampleDatabase().Create(_folder["app.db"]);
        using (FileStream file = File.OpenWrite(database))
        {
            file.Position = FirstLock - 1000;
            file.Write(Enumerable.Repeat((byte)7, 4000).ToArray());
        }

        using SqliteConnection holder = SampleDatabase.Open(database);
        SampleDatabase.Execute(holder, "BEGIN EXCLUSIVE");
        using var bytes = new RawDatabaseStream(RawDatabaseFile.Open(database), FirstLock + 3000, leavesLocksOut: true) { Position = FirstLock - 1000 };
        byte[] read = new byte[4000];
        bytes.ReadExactly(read);

        Assert.Equal(Enumerable.Range(0, 4000).Select(i => (byte)(i is >= 1000 and < 1512 ? 0 : 7)), read);
        Assert.Equal(0, bytes.Read(read));
    }

    [Fact]
    public async Task A_journal_goes_away_and_comes_back_while_its_status_is_asked()
    {
        string journal = _folder["app.db-journal"];
        File.WriteAllText(_folder["other.db"], "other");
        using var stop = new CancellationTokenSource();
        Task asking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Sidecars.StatusOf(_folder["app.db"], "-journal");
                FileStatus.IsSameFile(journal, _folder["other.db"]);
            }
        }, TestContext.Current.CancellationToken);

        // As SQLite does with each commit, sharing everything but the removal.
        for (int round = 0; round < 200; round++)
        {
            using (var file = new FileStream(journal, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                file.WriteByte(1);
            }

            File.Delete(journal);
            Assert.False(File.Exists(journal), $"round {round}");
        }

        await stop.CancelAsync();
        await asking;
    }

    [Fact]
    public void A_name_that_stays_taken_with_every_number_ends()
    {
        var destinations = new BackupDestinations();
        var format = FileNameFormat.Parse("{name}");
        for (int number = 1; number <= BackupDestinations.MaxNumber; number++)
        {
            _ = destinations.Choose("/in/app.db", _folder.Path, format, DateTime.UtcNow);
        }

        BackupRun.Fails(BackupFailure.DestinationExists, () => destinations.Choose("/in/app.db", _folder.Path, format, DateTime.UtcNow));
    }
}
