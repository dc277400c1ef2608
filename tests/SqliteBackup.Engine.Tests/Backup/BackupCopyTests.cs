using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Backup;

/// <summary>A copy of a backup is the backup, or it is not there.</summary>
public sealed class BackupCopyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FolderCatalog _folders = new();
    private readonly StoreCatalog _store;
    private readonly BackupResult _backup;

    public BackupCopyTests()
    {
        _store = new StoreCatalog(new LocalStore(_folder["store"]), Directory.CreateDirectory(_folder["staging"]).FullName);
        new SampleDatabase { Megabytes = 0.25 }.Create(_folder["app.db"]);
        var request = new BackupRequest
        {
            Database = _folder["app.db"],
            Destination = _folder["out/app.db.zst"],
            Compression = BackupCompression.Zstd,
            WriteManifest = true,
        };
        _backup = DatabaseBackup.Run(request, null, TestContext.Current.CancellationToken);
    }

    private string InStore => _folder["store"] + Path.DirectorySeparatorChar + "night/app.db.zst";

    public void Dispose()
    {
        _store.Dispose();
        _folders.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_backup_goes_into_a_store_and_comes_back_as_it_was()
    {
        BackupCopyResult up = Copy(_folders, _backup.Backup, _store, InStore);
        BackupCopyResult down = Copy(_store, InStore, _folders, _folder["back/app.db.zst"]);

        Assert.False(up.IsSkipped || down.IsSkipped);
        Assert.Equal((_backup.Database, InStore, _backup.Sha256), (up.Database, up.Backup, up.Sha256));
        Assert.Equal(File.ReadAllBytes(_backup.Backup), File.ReadAllBytes(down.Backup));
        Assert.Equal(ManifestState.Present, FolderCatalog.Find(down.Backup)?.ManifestState);
        Assert.True(FolderCatalog.Find(down.Backup)!.Verified);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["staging"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(down.Backup));
        }
    }

    [Fact]
    public void What_stands_there_whole_is_skipped()
    {
        Copy(_folders, _backup.Backup, _store, InStore);
        DateTime before = File.GetLastWriteTimeUtc(InStore);

        Assert.True(Copy(_folders, _backup.Backup, _store, InStore).IsSkipped);
        Assert.True(Copy(_folders, _backup.Backup, _folders, _backup.Backup).IsSkipped);
        Assert.Equal(before, File.GetLastWriteTimeUtc(InStore));
    }

    [Fact]
    public void Another_file_of_that_name_stays_unless_it_may_be_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InStore)!);
        File.WriteAllText(InStore, "somebody else's");

        Assert.Equal(BackupFailure.DestinationExists, Assert.Throws<SqliteBackupException>(() => Copy(_folders, _backup.Backup, _store, InStore)).Failure);
        Assert.Equal("somebody else's", File.ReadAllText(InStore));
        Assert.False(Copy(_folders, _backup.Backup, _store, InStore, overwrite: true).IsSkipped);
        Assert.Equal(File.ReadAllBytes(_backup.Backup), File.ReadAllBytes(InStore));
    }

    [Fact]
    public void A_damaged_backup_is_not_copied()
    {
        byte[] bytes = File.ReadAllBytes(_backup.Backup);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_backup.Backup, bytes);

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Copy(_folders, _backup.Backup, _store, InStore));

        Assert.Equal(BackupFailure.ChecksumMismatch, exception.Failure);
        Assert.Empty(_store.ListFolder(_folder["store"] + Path.DirectorySeparatorChar, recurse: true, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["staging"]));
    }

    [Fact]
    public void One_without_a_manifest_is_not_copied()
    {
        File.Delete(_backup.Backup + BackupManifest.FileSuffix);

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => Copy(_folders, _backup.Backup, _store, InStore));

        Assert.Equal(BackupFailure.InvalidOption, exception.Failure);
        Assert.Contains("no manifest", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_cancelled_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => BackupCopy.Run(
            Request(_folders, _backup.Backup, _store, InStore), (_, _) => cancel.Cancel(), null, cancel.Token));

        Assert.False(File.Exists(InStore));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["staging"]));
    }

    private static BackupCopyRequest Request(BackupCatalog from, string source, BackupCatalog to, string destination) =>
        new() { Source = source, SourceCatalog = from, Destination = destination, DestinationCatalog = to };

    private static BackupCopyResult Copy(BackupCatalog from, string source, BackupCatalog to, string destination, bool overwrite = false) =>
        BackupCopy.Run(Request(from, source, to, destination) with { Overwrite = overwrite }, (_, _) => { }, null, TestContext.Current.CancellationToken);
}
