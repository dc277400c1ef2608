using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Repository;
using SqliteBackup.Storage;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>Databases that are backed up into a repository, listed, read and removed as in a folder.</summary>
public sealed class RepositoryCatalogTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly string _database;
    private RepositoryCatalog? _catalog;

    public RepositoryCatalogTests()
    {
        _fixture.Create().Dispose();
        _database = _fixture.Folder["app.db"];
        new SampleDatabase { Megabytes = 0.5 }.Create(_database);
        Directory.CreateDirectory(_fixture.Folder["staging"]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Location => $"restic:{_fixture.Folder["repository"]}/";

    private RepositoryCatalog Catalog => _catalog ??= RepositoryCatalog.Open(
        StoreLocation.Parse(Location), new StoreSettings(), RepositoryFixture.Password, _fixture.Options, _fixture.Folder["staging"], Token);

    public void Dispose()
    {
        _catalog?.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public void A_backup_costs_what_changed_and_is_listed_and_comes_back_whole()
    {
        BackupResult first = BackUp();
        BackupResult same = BackUp();
        Change();
        BackupResult changed = BackUp();

        Assert.True(first.BytesAdded > 0 && first.ExtentsAdded > 30 && !first.Unchanged);
        Assert.Equal((0L, 0L, true), (same.BytesAdded, same.ExtentsAdded, same.Unchanged));
        Assert.InRange(changed.ExtentsAdded!.Value, 1, 10);
        IReadOnlyList<CatalogEntry> entries = List();
        Assert.Equal([changed.Backup, same.Backup, first.Backup], entries.Select(entry => entry.Backup));
        Assert.All(entries, entry => Assert.True(entry.Verified && entry.Database == _database && entry.ManifestState == ManifestState.Present));
        Assert.Equal(changed.BytesAdded, entries[0].StoredBytes);
        using (FetchedBackup fetched = Catalog.Fetch(changed.Backup, (_, _) => { }, Token))
        {
            BackupTestResult test = BackupTest.Run(new BackupTestRequest { Path = fetched.Path, Against = _database }, Token);
            Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.Matches), (test.Status, test.Checksum));
            Assert.Equal("app.db", Path.GetFileName(fetched.Path));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_fixture.Folder["staging"]));
    }

    [Fact]
    public void A_database_that_nobody_wrote_to_is_not_read_and_yet_has_a_backup_of_the_instant()
    {
        BackupResult first = BackUp();
        BackupResult same = BackUp();
        Assert.Equal((0L, 0L, 0L, true, VerifyLevel.None, VerifyLevel.Quick), (same.PagesCopied, same.BytesAdded, same.ExtentsAdded, same.Unchanged, same.Verified, same.LastCheck));
        BackupResult full = BackUp(request => request with { Verify = VerifyLevel.Full });
        Assert.True(full.Unchanged && full.PagesCopied > 0);

        IReadOnlyList<CatalogEntry> entries = List();
        Assert.Equal([full.Backup, same.Backup, first.Backup], entries.Select(entry => entry.Backup));
        Assert.True(entries[1].SnapshotTakenAt > entries[2].SnapshotTakenAt);
        Assert.Equal(entries[2].Manifest!.Check, entries[1].Manifest!.Check);
        using FetchedBackup fetched = Catalog.Fetch(same.Backup, (_, _) => { }, Token);
        BackupTestResult test = BackupTest.Run(new BackupTestRequest { Path = fetched.Path, Against = _database }, Token);
        Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.Matches), (test.Status, test.Checksum));
    }

    [Fact]
    public void An_unchanged_database_is_skipped_on_demand()
    {
        BackupResult first = BackUp();
        BackupResult skipped = BackUp(request => request with { SkipUnchanged = true, Verify = VerifyLevel.Full, Database = _database });

        // A quick check is no reason to skip a full one.
        Assert.NotEqual(first.Backup, skipped.Backup);
        Assert.Equal(skipped.Backup, BackUp(request => request with { SkipUnchanged = true, Verify = VerifyLevel.Full }).Backup);
        Assert.Equal(2, List().Count);
    }

    [Fact]
    public void A_fleet_shares_one_lock_and_one_index()
    {
        string[] databases = [.. Enumerable.Range(0, 12).Select(i => new SampleDatabase { Megabytes = 0.05, Entries = i + 1 }.Create(_fixture.Folder[$"fleet/db{i:00}.db"]))];

        Assert.Empty(Catalog.ListFolder(Location, recurse: false, Token));
        Parallel.ForEach(databases, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, database => BackUp(request => request with { Database = database }));

        Assert.Single(_fixture.Folder.Files("repository/locks"));
        Assert.Equal(databases, List().Select(entry => entry.Database).Order(StringComparer.Ordinal));
        Catalog.Dispose();
        Assert.Empty(_fixture.Folder.Files("repository/locks"));
    }

    [Fact]
    public void Others_snapshots_are_left_alone_and_what_restic_wrote_anew_is_still_ours()
    {
        ResticProgram.SkipIfMissing();
        BackupResult backup = BackUp();
        _catalog!.Dispose();
        _catalog = null;
        _fixture.Restic.Run("backup", _fixture.Folder["repository/config"]);
        _fixture.Restic.Run("tag", "--add", "kept", backup.Backup[^16..]);

        CatalogEntry entry = Assert.Single(List());

        Assert.Equal((backup.Backup, true, _database), (entry.Backup, entry.Verified, entry.Database));
        Assert.Equal(backup.Backup, Catalog.FindBackup($"{Location}#{backup.Backup[^16..^8]}", Token)!.Backup);
        Assert.Null(Catalog.FindBackup($"{Location}#ffffffffff", Token));
    }

    [Fact]
    public void Retention_forgets_and_never_the_newest_verified_backup()
    {
        foreach (int _ in Enumerable.Range(0, 3))
        {
            Change();
            BackUp();
        }

        BackupResult last = BackUp(request => request with { Retention = new RetentionPolicy { KeepLast = 2 } });

        Assert.Equal((2, 0L), (last.Removed, last.BytesFreed));
        IReadOnlyList<RetentionDecision> plan = RetentionPlan.Make(List(), new RetentionPolicy(), DateTime.UtcNow);
        Assert.Equal([true, false], plan.Select(decision => decision.IsKept));
        Assert.Equal(RemovalAction.Removed, Catalog.Remove(plan[1], Token).Action);
        Assert.Equal(last.Backup, Assert.Single(List()).Backup);
        Assert.Equal(BackupFailure.BackupNotFound, Assert.Throws<SqliteBackupException>(() => Catalog.Remove(plan[1], Token)).Failure);
    }

    [Fact]
    public void A_verdict_is_written_down_and_the_address_stays()
    {
        BackupResult backup = BackUp(request => request with { Verify = VerifyLevel.None });
        Assert.False(List()[0].Verified);

        using (FetchedBackup fetched = Catalog.Fetch(backup.Backup, (_, _) => { }, Token))
        {
            BackupTestResult test = BackupTest.Run(new BackupTestRequest { Path = fetched.Path }, Token);
            Assert.True(TestRecord.Write(Catalog, fetched, test, Token));
            Assert.False(TestRecord.Write(Catalog, fetched, test, Token));
        }

        CatalogEntry entry = Assert.Single(List());
        Assert.Equal((backup.Backup, true), (entry.Backup, entry.Verified));
    }

    [Fact]
    public void Damage_is_never_restored_as_good_and_holds_retention_back()
    {
        BackupResult old = BackUp();
        foreach (string pack in Directory.GetFiles(_fixture.Folder["repository/data"], "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 20_000))
        {
            byte[] bytes = File.ReadAllBytes(pack);
            bytes[5000] ^= 1;
            File.WriteAllBytes(pack, bytes);
        }

        Assert.Equal(BackupFailure.StoreCorrupt, Assert.Throws<SqliteBackupException>(() => Catalog.Fetch(old.Backup, (_, _) => { }, Token)).Failure);

        CatalogEntry entry = Assert.Single(List());
        Assert.Equal((old.Backup, CheckStatus.Corrupt, false), (entry.Backup, entry.Check, entry.Verified));
        Assert.All(RetentionPlan.Make([entry], new RetentionPolicy(), DateTime.UtcNow), decision => Assert.True(decision.IsHeldByFailedCheck));
        Assert.Empty(Directory.GetFileSystemEntries(_fixture.Folder["staging"]));
    }

    private IReadOnlyList<CatalogEntry> List() => Catalog.ListFolder(Location, recurse: false, Token);

    private BackupResult BackUp(Func<BackupRequest, BackupRequest>? more = null)
    {
        var request = new BackupRequest { Database = _database, Destination = Location, Catalog = Catalog, WriteManifest = true };
        return DatabaseBackup.Run(more?.Invoke(request) ?? request, null, Token);
    }

    private void Change()
    {
        using Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(_database);
        SampleDatabase.Execute(connection, "UPDATE filler SET data = randomblob(length(data)) WHERE rowid = 5");
    }
}
