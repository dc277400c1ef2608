using System.Diagnostics;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>What goes away, fills up or closes in mid-copy: the right error, nothing left, the earlier backup as it was.</summary>
public sealed class MidCopyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _database;

    public MidCopyTests()
    {
        _database = new SampleDatabase { Megabytes = 2 }.Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(Earlier, "the earlier backup");
    }

    private string Earlier => _folder["out/copy.db"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 10_000)]
    [InlineData(10, 3)]
    [InlineData(10, 2)]
    public void A_destination_without_space_or_without_inodes(int megabytes, int files)
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["out"], megabytes, files);
        Assert.SkipWhen(mounted is null, "no small file system can be mounted here");
        File.WriteAllText(Earlier, "the earlier backup");

        // The folder and the earlier backup take two; with a third the copy can be made, and its manifest can't.
        SqliteBackupException? failure = Record.Exception(() => Backup.Run(_database, Earlier, overwrite: true, writeManifest: true)) as SqliteBackupException;

        if (files == 3)
        {
            Backup.AssertGood(Earlier);
            Assert.Equal(["copy.db"], _folder.Files("out"));
        }
        else
        {
            Assert.Equal(BackupFailure.DestinationFull, failure?.Failure);
            AssertOnlyTheEarlier();
        }
    }

    [Theory]
    [InlineData(2, 1500)]
    [InlineData(8, 6000)]
    public void A_limit_on_the_size_of_files(int megabytes, int kilobytes)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no such limit");
        string database = new SampleDatabase { Megabytes = megabytes }.Create(_folder["data/app.db"]);

        // The signal that comes with it would end the process, and the file that .NET maps its own code from would be too large.
        string answer = Looper.RunOnce(database, Earlier, $"trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f {kilobytes * 2}; exec ");

        Assert.StartsWith(nameof(BackupFailure.DestinationFull), answer, StringComparison.Ordinal);
        AssertOnlyTheEarlier();
    }

    [Fact]
    public void A_destination_folder_that_can_not_be_written()
    {
        using ReadOnlyFolder? closed = ReadOnlyFolder.TryMake(_folder["out"], out string? reason);
        Assert.SkipWhen(closed is null, $"no folder can be made read-only: {reason}");

        Backup.Fails(BackupFailure.DestinationOpenFailed, () => Backup.Run(_database, Earlier, overwrite: true));

        AssertOnlyTheEarlier();
    }

    [Fact]
    public void A_link_planted_at_a_staging_name_is_not_followed()
    {
        File.WriteAllText(_folder["victim"], "precious");
        string staging = Publishing.StagingName.For(Earlier, new string('0', 16));
        File.CreateSymbolicLink(staging, _folder["victim"]);
        File.CreateSymbolicLink(staging + "2", _folder["nowhere"]);

        Assert.Throws<IOException>(() => Files.OwnerOnlyFile.Create(staging, FileShare.None));
        Assert.Throws<IOException>(() => Files.OwnerOnlyFile.Create(staging + "2", FileShare.None));

        Assert.Equal("precious", File.ReadAllText(_folder["victim"]));
        Assert.False(File.Exists(_folder["nowhere"]));
    }

    [Fact]
    public void A_destination_folder_that_is_removed()
    {
        Backup.Fails(BackupFailure.BackupFailed, () => BackUp(() => Directory.Delete(_folder["out"], recursive: true)));

        Assert.Equal(["app.db"], _folder.Files());
    }

    [Fact]
    public void A_destination_folder_that_is_made_read_only()
    {
        ReadOnlyFolder? closed = null;
        string? reason = null;
        try
        {
            SqliteBackupException? failure = Record.Exception(() => BackUp(() => closed = ReadOnlyFolder.TryMake(_folder["out"], out reason))) as SqliteBackupException;
            Assert.SkipWhen(closed is null, $"no folder can be made read-only: {reason}");
            Assert.Equal(BackupFailure.BackupFailed, failure?.Failure);
        }
        finally
        {
            closed?.Dispose();
        }

        Publishing.StagingName.SweepAbandoned(_folder["out"]);
        AssertOnlyTheEarlier();
    }

    [Theory]
    [InlineData("truncate -s 40960 app.db")]
    [InlineData("truncate -s 0 app.db")]
    public void A_source_that_is_cut_short(string command)
    {
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => BackUp(() => Shell(command)));

        Assert.Contains(exception.Failure, new[] { BackupFailure.IntegrityCheckFailed, BackupFailure.BackupFailed, BackupFailure.NotADatabase });
        AssertOnlyTheEarlier();
    }

    [Theory]
    [InlineData("rm app.db")]
    [InlineData("cp app.db other && mv other app.db")]
    public void A_source_that_is_removed_or_replaced_is_whole_or_an_error(string command)
    {
        Exception? failure = Record.Exception(() => BackUp(() => Shell(command)));

        if (failure is null)
        {
            Backup.AssertGood(Earlier);
            Assert.Equal(["copy.db"], _folder.Files("out"));
        }
        else
        {
            Assert.IsType<SqliteBackupException>(failure);
            AssertOnlyTheEarlier();
        }
    }

    [Fact]
    public void A_name_that_is_too_long()
    {
        Backup.Fails(BackupFailure.DestinationOpenFailed, () => Backup.Run(_database, _folder["out/" + new string('n', 250) + ".db"]));

        AssertOnlyTheEarlier();
    }

    [Fact]
    public void Links_planted_beside_the_staging_file_are_not_followed()
    {
        File.WriteAllText(_folder["victim"], "precious");
        BackUp(() =>
        {
            string staged = Assert.Single(Directory.GetFiles(_folder["out"], "*.partial-*"));
            foreach (string suffix in (string[])["-journal", "-wal", "-shm"])
            {
                File.CreateSymbolicLink(staged + suffix, _folder["victim"]);
            }
        });

        Assert.Equal("precious", File.ReadAllText(_folder["victim"]));
        Backup.AssertGood(Earlier);
        Assert.Equal(["copy.db"], _folder.Files("out"));
    }

    [Fact]
    public void No_rights_are_wider_than_the_sources_whatever_the_umask()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder there");
        File.SetUnixFileMode(_database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using Looper looper = Looper.Start(_database, "umask 000; exec ");
        Assert.True(SpinWait.SpinUntil(() => _folder.Files("out").Any(name => name.StartsWith("loop", StringComparison.Ordinal)), TimeSpan.FromSeconds(60)));

        foreach (string path in Directory.GetFiles(_folder["out"], "loop*"))
        {
            UnixFileMode mode = UnixFileMode.None;
            try
            {
                mode = File.GetUnixFileMode(path);
            }
            catch (FileNotFoundException)
            {
                continue;
            }

            Assert.Equal(UnixFileMode.None, mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    private BackupResult BackUp(Action inMidCopy)
    {
        bool isDone = false;
        var observer = new RecordingObserver(progress =>
        {
            if (!isDone && progress.State is BackupState.Copying or BackupState.Waiting && progress.Remaining < progress.PageCount && progress.Remaining > 0)
            {
                isDone = true;
                inMidCopy();
            }
        });
        return Backup.Run(
            _database, Earlier, new CopyOptions { Mode = CopyMode.Stepped, PagesPerStep = 50, StepDelay = TimeSpan.FromMilliseconds(20) }, observer, overwrite: true);
    }

    private void AssertOnlyTheEarlier()
    {
        Assert.Equal(["copy.db"], _folder.Files("out"));
        Assert.Equal("the earlier backup", File.ReadAllText(Earlier));
    }

    private void Shell(string command) => Assert.Null(Run("sh", "-c", $"cd '{_folder.Path}' && {command}"));

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
