using System.Text;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Storage;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>What holds in every store, over the one that needs no server. The stores' own tests say that theirs behaves as this one.</summary>
public sealed class StoreCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _database;
    private readonly StoreCatalog _catalog;

    public StoreCatalogTests()
    {
        _database = _folder["app.db"];
        new SampleDatabase { Megabytes = 0.25 }.Create(_database);
        _catalog = new StoreCatalog(new LocalStore(_folder["store"]), Directory.CreateDirectory(_folder["staging"]).FullName);
    }

    private string Root => _folder["store"] + Path.DirectorySeparatorChar;

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_backup_is_uploaded_with_its_manifest_listed_and_comes_back_whole()
    {
        BackupResult result = BackUp("app.db.zst", request => request with { Compression = BackupCompression.Zstd });

        CatalogEntry entry = Assert.Single(List());
        Assert.Equal(Root + "app.db.zst", entry.Backup);
        Assert.Equal(result.Backup, entry.Backup);
        Assert.True(entry.Verified);
        Assert.Equal(_database, entry.Database);
        Assert.Equal(StorePromises.ExclusiveNames | StorePromises.AtomicReplace | StorePromises.Durable, result.Promises);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["staging"]));
        using (FetchedBackup fetched = _catalog.Fetch(entry.Backup!, (_, _) => { }, TestContext.Current.CancellationToken))
        {
            BackupTestResult test = BackupTest.Run(new BackupTestRequest { Path = fetched.Path }, TestContext.Current.CancellationToken);
            Assert.Equal(BackupTestStatus.Ok, test.Status);
            Assert.Equal(ChecksumStatus.Matches, test.Checksum);
            Assert.NotEqual(Path.GetDirectoryName(fetched.Path), _folder["store"]);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder["staging"]));
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_one_that_a_pattern_made_gets_the_next_number()
    {
        BackUp("app.db");

        Assert.Equal(BackupFailure.DestinationExists, Assert.Throws<SqliteBackupException>(() => BackUp("app.db")).Failure);
        Assert.Equal(Root + "app-2.db", BackUp("app.db", request => request with { MayRename = true }).Backup);
        Assert.Equal(2, List().Count);
    }

    [Fact]
    public void A_backup_that_is_replaced_leaves_one_with_its_own_manifest()
    {
        BackUp("app.db");
        new SampleDatabase { Entries = 3 }.Create(_folder["other.db"]);

        BackupResult second = BackUp("app.db", request => request with { Database = _folder["other.db"], Overwrite = true });

        CatalogEntry entry = Assert.Single(List());
        Assert.Equal((_folder["other.db"], second.Sha256, true), (entry.Database, entry.Manifest!.Sha256, entry.Verified));
    }

    [Fact]
    public void An_unchanged_database_is_not_uploaded_again_and_rot_in_the_store_is_found_by_reading_it()
    {
        BackUp("one.db");
        Assert.True(BackUp("two.db", request => request with { SkipUnchanged = true }).Unchanged);

        Damage("one.db");
        BackupResult made = BackUp("two.db", request => request with { SkipUnchanged = true, Verify = VerifyLevel.Full });
        Assert.False(made.Unchanged);

        CatalogEntry damaged = List().Single(entry => entry.Backup == Root + "one.db");
        Assert.Equal(VerifyLevel.Quick, damaged.CheckLevel);
        Assert.True(BackUp("three.db", request => request with { SkipUnchanged = true, Verify = VerifyLevel.Full }).Unchanged);
    }

    [Fact]
    public void Rot_is_found_when_a_backup_is_read_and_written_beside_its_own_bytes_alone()
    {
        string backup = BackUp("one.db").Backup;
        Damage("one.db");

        using FetchedBackup fetched = _catalog.Fetch(backup, (_, _) => { }, TestContext.Current.CancellationToken);
        BackupTestResult test = BackupTest.Run(new BackupTestRequest { Path = fetched.Path }, TestContext.Current.CancellationToken);
        Assert.Equal(BackupTestStatus.Corrupt, test.Status);
        Assert.DoesNotContain(fetched.Path, fetched.Name(string.Join('\n', test.Findings)), StringComparison.Ordinal);
        Assert.Contains(backup, fetched.Name(string.Join('\n', test.Findings)), StringComparison.Ordinal);

        Assert.True(TestRecord.Write(_catalog, fetched, test, TestContext.Current.CancellationToken));
        Assert.Equal(CheckStatus.Corrupt, List().Single().Check);

        // The file is another meanwhile: the verdict is not about it.
        BackUp("one.db", request => request with { Overwrite = true });
        Assert.False(TestRecord.Write(_catalog, fetched, test, TestContext.Current.CancellationToken));
        Assert.Equal(CheckStatus.Ok, List().Single().Check);
    }

    [Fact]
    public void Rules_prune_a_store_after_a_backup_and_never_the_newest_verified_one()
    {
        BackUp("one.db");
        BackUp("two.db");

        BackupResult result = BackUp("three.db", request => request with { Retention = new RetentionPolicy { KeepLast = 2 } });

        Assert.Equal(1, result.Removed);
        Assert.Equal([Root + "three.db", Root + "two.db"], List().Select(entry => entry.Backup));
        Assert.False(File.Exists(_folder["store/one.db.json"]));
    }

    [Fact]
    public void What_has_no_manifest_is_told_by_its_first_bytes_and_what_is_no_database_is_left_out()
    {
        BackUp("app.db.gz", request => request with { Compression = BackupCompression.Gzip });
        File.Delete(_folder["store/app.db.gz.json"]);
        File.WriteAllText(_folder["store/notes.txt"], new string('n', 5000));
        File.WriteAllText(_folder["store/left.json"], "{}");

        CatalogEntry entry = Assert.Single(List());

        Assert.Equal((Root + "app.db.gz", ManifestState.Missing, BackupCompression.Gzip), (entry.Backup, entry.ManifestState, entry.Compression));
    }

    [Fact]
    public void A_listing_reads_only_manifests_that_are_new_and_sees_every_change()
    {
        BackUp("app.db");
        DateTime settled = DateTime.UtcNow.AddHours(-1);
        File.SetLastWriteTimeUtc(_folder["store/app.db.json"], settled);
        Assert.Equal(_database, List().Single().Database);

        // Same length, same time: what a listing can't tell apart is not read again.
        string text = File.ReadAllText(_folder["store/app.db.json"]);
        Rewrite(text.Replace(Environment.MachineName, new string('x', Environment.MachineName.Length), StringComparison.Ordinal), settled);
        Assert.Equal(Environment.MachineName, List().Single().Host);

        Rewrite(text.Replace(Environment.MachineName, new string('x', Environment.MachineName.Length), StringComparison.Ordinal), settled.AddSeconds(1));
        Assert.NotEqual(Environment.MachineName, List().Single().Host);
    }

    [Fact]
    public void A_store_that_has_no_room_on_this_machine_for_the_copy_says_so_before_it_begins()
    {
        using SmallFileSystem? full = SmallFileSystem.TryMount(_folder["full"], megabytes: 1);
        Assert.SkipWhen(full is null, "A small file system needs root on Linux.");
        using var catalog = new StoreCatalog(new LocalStore(_folder["store"]), _folder["full"]);
        new SampleDatabase { Megabytes = 4 }.Create(_folder["large.db"]);

        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => BackUp("large.db", request => request with { Database = _folder["large.db"], Catalog = catalog }));

        Assert.Equal(BackupFailure.DestinationFull, exception.Failure);
        Assert.Contains("-StagingPath", exception.Message, StringComparison.Ordinal);
        Assert.Empty(List());
    }

    private IReadOnlyList<CatalogEntry> List() => _catalog.ListFolder(Root, recurse: false, TestContext.Current.CancellationToken);

    private void Rewrite(string text, DateTime time)
    {
        File.WriteAllText(_folder["store/app.db.json"], text, new UTF8Encoding(false));
        File.SetLastWriteTimeUtc(_folder["store/app.db.json"], time);
    }

    private void Damage(string name)
    {
        using FileStream file = File.OpenWrite(_folder["store/" + name]);
        file.Position = 5000;
        file.Write("rot"u8);
    }

    private BackupResult BackUp(string name, Func<BackupRequest, BackupRequest>? change = null)
    {
        var request = new BackupRequest { Database = _database, Destination = Root + name, WriteManifest = true, Catalog = _catalog };
        return DatabaseBackup.Run(change is null ? request : change(request), observer: null, TestContext.Current.CancellationToken);
    }
}
