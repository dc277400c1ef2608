using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Storage;

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

    [Fact]
    public void A_full_destination()
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["out"], megabytes: 1);
        Assert.SkipWhen(mounted is null, "no small file system can be mounted here");
        File.WriteAllText(Earlier, "the earlier backup");

        BackupRun.Fails(BackupFailure.DestinationFull, () => BackUp(() => { }));

        AssertOnlyTheEarlier();
    }

    [Fact]
    public void A_destination_folder_that_is_removed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows removes no folder with an open file in it");
        BackupRun.Fails(BackupFailure.BackupFailed, () => BackUp(() => Directory.Delete(_folder["out"], recursive: true)));

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
            Assert.Equal(BackupFailure.DestinationOpenFailed, failure?.Failure);
        }
        finally
        {
            closed?.Dispose();
        }

        StagingName.SweepAbandoned(_folder["out"]);
        AssertOnlyTheEarlier();
    }

    [Theory]
    [InlineData("truncate -s 40960 app.db")]
    [InlineData("truncate -s 0 app.db")]
    public void A_source_that_is_cut_short(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a POSIX shell cuts it, so that no lock of this process is dropped");
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => BackUp(() => Shell(command)));

        Assert.Contains(exception.Failure, new[] { BackupFailure.IntegrityCheckFailed, BackupFailure.BackupFailed, BackupFailure.NotADatabase });
        AssertOnlyTheEarlier();
    }

    [Theory]
    [InlineData("rm app.db")]
    [InlineData("cp app.db other && mv other app.db")]
    public void A_source_that_is_removed_or_replaced_is_whole_or_an_error(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows removes no file that is open");
        Exception? failure = Record.Exception(() => BackUp(() => Shell(command)));

        if (failure is null)
        {
            BackupRun.AssertGood(Earlier);
            Assert.Equal(["copy.db"], _folder.Files("out"));
        }
        else
        {
            Assert.IsType<SqliteBackupException>(failure);
            AssertOnlyTheEarlier();
        }
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
        BackupRun.AssertGood(Earlier);
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
        return BackupRun.Run(
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
