using SqliteBackup.Platform;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>Links that somebody plants at the names of a backup lead nowhere: what they point to is neither written nor made.</summary>
public sealed class PlantedLinkTests : IDisposable
{
    private const string Precious = "precious";

    private readonly TempFolder _folder = new();

    public PlantedLinkTests()
    {
        Directory.CreateDirectory(_folder["out"]);
        Directory.CreateDirectory(_folder["victims"]);
        File.WriteAllText(_folder["victims/file"], Precious);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("victims/file")]
    [InlineData("victims/missing")]
    [InlineData("victims")]
    public void At_the_staging_name(string target)
    {
        string path = StagingName.For(_folder["out/copy.db"]);
        Plant(path, target);

        Assert.ThrowsAny<IOException>(() => OwnerOnlyFile.Create(path, FileShare.None).Dispose());

        AssertVictimsAreUntouched();
        Assert.Equal(_folder[target], new FileInfo(path).LinkTarget);
    }

    [Theory]
    [InlineData("victims/file")]
    [InlineData("victims/missing")]
    public void At_the_name_of_a_staged_sidecar(string target)
    {
        using (StagedFile staged = StagedFile.Create(_folder["out/copy.db"]))
        {
            Plant(staged.Path + "-journal", target);
            using var content = new MemoryStream([1, 2, 3]);

            Assert.Equal(
                BackupFailure.BackupFailed,
                Assert.Throws<SqliteBackupException>(() => staged.CreateSidecar("-journal", content, () => { })).Failure);
        }

        AssertVictimsAreUntouched();
        Assert.Empty(_folder.Files("out"));
    }

    [Theory]
    [InlineData("victims/file", false)]
    [InlineData("victims/file", true)]
    [InlineData("victims/missing", false)]
    [InlineData("victims/missing", true)]
    public void At_an_abandoned_staging_name_that_is_swept(string target, bool isSidecar)
    {
        string path = StagingName.For(_folder["out/copy.db"]) + (isSidecar ? "-journal" : "");
        Plant(path, target);

        StagingName.SweepAbandoned(_folder["out"]);

        AssertVictimsAreUntouched();
    }

    [Theory]
    [InlineData("victims/file", false)]
    [InlineData("victims/file", true)]
    [InlineData("victims/missing", false)]
    [InlineData("victims/missing", true)]
    [InlineData("victims", false)]
    [InlineData("victims", true)]
    public void At_the_final_name_before_it_is_published(string target, bool overwrite)
    {
        string path = _folder["out/copy.db"];
        SqliteBackupException? failure;
        using (StagedFile staged = StagedFile.Create(path))
        {
            staged.Write(0, "the backup"u8);
            Plant(path, target);

            failure = Record.Exception(() => staged.Publish(overwrite, UnixFileMode.UserRead | UnixFileMode.UserWrite)) as SqliteBackupException;
        }

        AssertVictimsAreUntouched();
        Assert.Equal(["copy.db"], _folder.Files("out"));
        if (overwrite)
        {
            Assert.Null(failure);
            Assert.Null(new FileInfo(path).LinkTarget);
            Assert.Equal("the backup", File.ReadAllText(path));
        }
        else
        {
            Assert.Equal(BackupFailure.DestinationExists, failure?.Failure);
            Assert.Equal(_folder[target], new FileInfo(path).LinkTarget);
        }
    }

    [Theory]
    [InlineData("victims/file")]
    [InlineData("victims/missing")]
    public void At_the_final_name_before_a_backup_begins(string target)
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Plant(_folder["out/copy.db"], target);

        BackupRun.Fails(BackupFailure.DestinationExists, () => BackupRun.Run(database, _folder["out/copy.db"]));
        Assert.Equal(_folder[target], new FileInfo(_folder["out/copy.db"]).LinkTarget);
        AssertVictimsAreUntouched();

        BackupRun.Run(database, _folder["out/copy.db"], overwrite: true);
        Assert.Null(new FileInfo(_folder["out/copy.db"]).LinkTarget);
        BackupRun.AssertGood(_folder["out/copy.db"]);
        AssertVictimsAreUntouched();
    }

    private void Plant(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, _folder[target]);
        }
        catch (Exception exception) when (OperatingSystem.IsWindows() && exception is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"no link can be made here: {exception.Message}");
        }
    }

    private void AssertVictimsAreUntouched()
    {
        Assert.Equal(["file"], _folder.Files("victims"));
        Assert.Equal(Precious, File.ReadAllText(_folder["victims/file"]));
    }
}
