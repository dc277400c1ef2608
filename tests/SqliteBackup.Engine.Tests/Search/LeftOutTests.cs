using System.Runtime.InteropServices;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Restore;
using SqliteBackup.Search;

namespace SqliteBackup.Engine.Tests.Search;

/// <summary>What a search can't read is said, and what it need not find is passed over.</summary>
public sealed partial class LeftOutTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _leftOut = [];
    private readonly List<string> _passedOver = [];

    public LeftOutTests()
    {
        new SampleDatabase { Megabytes = 0.1 }.Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["inner"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Backups_and_safety_copies_are_no_databases_to_find()
    {
        DatabaseBackup.Run(
            new BackupRequest { Database = _folder["app.db"], Destination = _folder["inner/app.db"], WriteManifest = true }, null, TestContext.Current.CancellationToken);
        RestoreRun.Run(_folder["inner/app.db"], _folder["app.db"]);

        Assert.Equal(["app.db"], Search());

        Assert.Equal(2, _passedOver.Count);
        Assert.Empty(_leftOut);
    }

    [Fact]
    public void What_this_account_may_not_read_is_said_and_named_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root on Linux can be somebody else for a moment");
        new SampleDatabase { Megabytes = 0.1 }.Create(_folder["secret.db"]);
        File.SetUnixFileMode(_folder["secret.db"], UnixFileMode.UserRead);
        File.SetUnixFileMode(_folder["inner"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0x1ED);

        AsNobody(() => Assert.Equal(["app.db"], Search()));

        Assert.Equal(2, _leftOut.Count);
        Assert.Contains(_leftOut, text => text.Contains("secret.db", StringComparison.Ordinal));
        Assert.Contains(_leftOut, text => text.Contains("inner", StringComparison.Ordinal));
        AsNobody(() => Assert.Equal(
            BackupFailure.SourceOpenFailed,
            Assert.Throws<SqliteBackupException>(() => new DatabaseSearch().Search(_folder["inner"], CancellationToken.None).ToList()).Failure));
        AsNobody(() => Assert.Equal(
            BackupFailure.SourceOpenFailed,
            Assert.Throws<SqliteBackupException>(() => FolderCatalog.List(_folder["inner"], recurse: false, CancellationToken.None)).Failure));
        var unlisted = new List<string>();
        AsNobody(() => FolderCatalog.List(_folder.Path, recurse: true, CancellationToken.None, unlisted.Add));
        Assert.Equal(2, unlisted.Count);
    }

    [Fact]
    public void A_name_that_is_no_UTF_8_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems take no such names");
        string odd = $"\"$(printf '{_folder["odd"]}\\377.db')\"";
        Shell($"cp '{_folder["app.db"]}' {odd}");
        try
        {
            Assert.Equal(["app.db"], Search());

            Assert.Contains("UTF-8", Assert.Single(_leftOut), StringComparison.Ordinal);
        }
        finally
        {
            // .NET can't name it, and so not remove it with the folder.
            Shell($"rm {odd}");
        }
    }

    private static void Shell(string command)
    {
        using var process = System.Diagnostics.Process.Start("sh", ["-c", command]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string[] Search() =>
    [
        .. new DatabaseSearch { Depth = 5, OnLeftOut = _leftOut.Add, OnPassedOver = _passedOver.Add }
            .Search(_folder.Path, CancellationToken.None).Select(database => Path.GetFileName(database.Path)),
    ];

    // The file system's idea of the user belongs to the thread, and takes root's rights to files away with it.
    private static void AsNobody(Action action)
    {
        Exception? failed = null;
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(65533);
            failed = Record.Exception(action);
        });
        thread.Start();
        thread.Join();
        Assert.Null(failed);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);
}
