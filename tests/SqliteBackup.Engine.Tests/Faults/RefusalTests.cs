using System.Diagnostics;
using System.Text.RegularExpressions;
using SqliteBackup.Backup;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>What a file system refuses from the start or by a limit: the right error in clear words, nothing left, the earlier backup as it was.</summary>
public sealed class RefusalTests : IDisposable
{
    private const string EarlierContent = "the earlier backup";

    private readonly TempFolder _folder = new();
    private readonly string _database;

    public RefusalTests()
    {
        _database = new SampleDatabase { Megabytes = 4 }.Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
    }

    private string Earlier => _folder["out/copy.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_destination_without_free_inodes()
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["out"], megabytes: 16, inodes: 3);
        Assert.SkipWhen(mounted is null, "No small file system can be made here: it takes Linux and the right to mount.");
        File.WriteAllText(Earlier, EarlierContent);
        File.WriteAllText(_folder["out/last"], "takes the last inode");

        SqliteBackupException exception = BackupRun.Fails(BackupFailure.DestinationFull, () => BackupRun.Run(_database, Earlier, overwrite: true));

        Assert.Matches($"^No space is left .*inode.* for '{Regex.Escape(Earlier)}'.*or choose another destination", exception.Message);
        AssertOnlyTheEarlier("last");
    }

    [Fact]
    public void A_destination_with_an_inode_for_the_backup_and_none_for_its_manifest()
    {
        using SmallFileSystem? mounted = SmallFileSystem.TryMount(_folder["out"], megabytes: 16, inodes: 3);
        Assert.SkipWhen(mounted is null, "No small file system can be made here: it takes Linux and the right to mount.");
        File.WriteAllText(_folder["out/other"], "leaves one inode");

        var observer = new RecordingObserver();
        DatabaseBackup.Run(
            new BackupRequest { Database = _database, Destination = Earlier, WriteManifest = true }, observer, TestContext.Current.CancellationToken);

        Assert.Matches("is complete, but its manifest could not be written: No space is left .*inode", Assert.Single(observer.Warnings));
        Assert.Equal(["copy.db", "other"], _folder.Files("out"));
        BackupRun.AssertGood(Earlier);
    }

    [Theory]
    [InlineData("plain.db", true)]
    [InlineData("plain.db", false)]
    [InlineData("manifest.db", false)]
    public void A_limit_on_the_size_of_files(string name, bool isIgnored)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no such limit");
        File.WriteAllText(_folder["out/" + name], EarlierContent);

        // By default the signal ends a process without a word; under Python and some service managers it is ignored.
        using Looper looper = Looper.Start(_database, Limit + (isIgnored ? "trap '' XFSZ; exec " : "exec "), "backup-rounds");
        string answer = looper.Ask(name);

        Assert.StartsWith($"{nameof(BackupFailure.DestinationFull)}: No space is left for '{_folder["out/" + name]}", answer, StringComparison.Ordinal);
        Assert.Contains(new System.ComponentModel.Win32Exception(27).Message, answer, StringComparison.Ordinal);
        Assert.Contains("choose another destination", answer, StringComparison.Ordinal);
        Assert.Equal([name], _folder.Files("out"));
        Assert.Equal(EarlierContent, File.ReadAllText(_folder["out/" + name]));
    }

    [Fact]
    public void A_limit_on_the_size_of_files_that_text_meets()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no such limit");
        using Looper looper = Looper.Start(_database, Limit + "exec ", "any-rounds");

        string answer = looper.Ask($"export|{_folder["out/dump.sql"]}");

        Assert.StartsWith($"{nameof(BackupFailure.DestinationFull)}: No space is left for ", answer, StringComparison.Ordinal);
        Assert.Contains("ulimit -f", answer, StringComparison.Ordinal);
        Assert.Empty(_folder.Files("out"));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(250)]
    [InlineData(231)]
    public void A_name_that_is_too_long_or_leaves_no_room_for_staging(int length)
    {
        File.WriteAllText(Earlier, EarlierContent);
        string path = _folder["out/" + new string('n', length - 3) + ".db"];

        SqliteBackupException exception = BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(_database, path));

        Assert.Contains("Choose a shorter name or folder: while it is made, a backup's name is 25 characters longer", exception.Message, StringComparison.Ordinal);
        AssertOnlyTheEarlier();
    }

    [Fact]
    public void The_longest_name_that_leaves_room_for_staging()
    {
        string path = _folder["out/" + new string('n', 227) + ".db"];

        BackupRun.Run(_database, path);

        BackupRun.AssertGood(path);
        Assert.Equal([Path.GetFileName(path)], _folder.Files("out"));
    }

    [Fact]
    public void A_destination_folder_without_the_right_to_write()
    {
        File.WriteAllText(Earlier, EarlierContent);
        using (ReadOnlyFolder? closed = ReadOnlyFolder.TryMake(_folder["out"], out string? reason))
        {
            Assert.SkipWhen(closed is null, $"no folder can be made read-only: {reason}");

            SqliteBackupException exception = BackupRun.Fails(
                BackupFailure.DestinationOpenFailed, () => BackupRun.Run(_database, Earlier, overwrite: true));

            Assert.Contains(Earlier, exception.Message, StringComparison.Ordinal);
            Assert.Matches("this user may write to it|Mount it for writing", exception.Message);
            BackupRun.Fails(BackupFailure.DestinationOpenFailed, () => BackupRun.Run(_database, _folder["out/new/copy.db"]));
            AssertOnlyTheEarlier();
        }
    }

    [Fact]
    public void A_destination_folder_of_another_user()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights are of another kind there");
        Assert.SkipUnless(Environment.UserName == "root", "only root can run a process as another user");
        Assert.SkipUnless(Run("setpriv", "--version") == 0, "setpriv is missing");
        File.WriteAllText(Earlier, EarlierContent);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        File.SetUnixFileMode(_folder["out"], (UnixFileMode)Convert.ToInt32("755", 8));
        File.SetUnixFileMode(_database, (UnixFileMode)Convert.ToInt32("644", 8));

        const string AsNobody = "exec setpriv --reuid=65534 --regid=65534 --clear-groups ";
        using Looper looper = Looper.Start(_database, "export HOME=/nonexistent; " + AsNobody, "backup-rounds");
        string answer = looper.Ask("copy.db");

        Assert.StartsWith($"{nameof(BackupFailure.DestinationOpenFailed)}: '{Earlier}", answer, StringComparison.Ordinal);
        Assert.Contains("this user may write to it", answer, StringComparison.Ordinal);
        AssertOnlyTheEarlier();
    }

    // 3 MiB: met by the thread that writes behind the copy. .NET's own mapping of code needs a file larger than any sensible limit.
    private static string Limit => "export DOTNET_EnableWriteXorExecute=0; ulimit -f 6144; ";

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private void AssertOnlyTheEarlier(params string[] others)
    {
        Assert.Equal([.. others.Append("copy.db").Order(StringComparer.Ordinal)], _folder.Files("out"));
        Assert.Equal(EarlierContent, File.ReadAllText(Earlier));
    }
}
