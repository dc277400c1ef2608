using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Restore;
using SqliteBackup.Storage.Encoding;
using SqliteBackup.Stores.Tests.Servers;
using SqliteBackup.Verify;

namespace SqliteBackup.Stores.Tests;

/// <summary>What users do with backups, from the first to its copy elsewhere, by what the cmdlets do it with: alike in every store.</summary>
public abstract class StoreStory<TServer> : IDisposable
    where TServer : class, IStoreServer, IDisposable, new()
{
    private readonly TempFolder _folder = new();
    private readonly string _staging;
    private readonly string _root;
    private readonly BackupCatalog _catalog;
    private readonly string[] _databases;

    protected StoreStory(ServerFixture<TServer> fixture)
    {
        IBackupStore store = fixture.Server.Open($"{Guid.NewGuid():N}/nightly [1] 100% & more");
        _root = store.Location;
        _staging = Directory.CreateDirectory(_folder["staging"]).FullName;
        _catalog = typeof(TServer) == typeof(FolderServer) ? new FolderCatalog() : new StoreCatalog(store, _staging);
        _databases = [.. ((string[])["app.db", "ü #2 [x]&'`$.db"]).Select(name => new SampleDatabase { Megabytes = 0.1 }.Create(_folder[name]))];
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _catalog.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Databases_are_backed_up_listed_tested_restored_and_pruned()
    {
        string[] first = [.. _databases.Select(database => BackUp(database, "1.zst").Backup)];
        Assert.Equal(first.Order(StringComparer.Ordinal), List());
        foreach (CatalogEntry entry in _catalog.ListFolder(_root, recurse: true, Token))
        {
            Assert.Contains(entry.Database, _databases);
            Assert.True(entry.Verified);
            Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.Matches), Test(entry.Backup!));
            Assert.Equal(DatabaseContent.Of(entry.Database!), DatabaseContent.Of(Restore(entry.Backup!)));
        }

        string[] before = DatabaseContent.Of(_databases[1]);
        using (var connection = SampleDatabase.Open(_databases[1]))
        {
            SampleDatabase.Execute(connection, "CREATE TABLE later(x)");
        }

        BackupResult second = BackUp(_databases[1], "2.zst", request => request with { Retention = new RetentionPolicy { KeepLast = 1 } });

        Assert.Equal(1, second.Removed);
        Assert.Equal(((string[])[first[0], second.Backup]).Order(StringComparer.Ordinal), List());
        Assert.NotEqual(before, DatabaseContent.Of(Restore(second.Backup)));
        Assert.Equal(DatabaseContent.Of(_databases[1]), DatabaseContent.Of(Restore(second.Backup)));
        Assert.Empty(Directory.GetFileSystemEntries(_staging));
    }

    [Fact]
    public void A_backup_is_copied_to_a_folder_and_back()
    {
        using var folders = new FolderCatalog();
        BackupResult made = BackUp(_databases[1], "zst");
        string away = _folder["away/" + Path.GetFileName(made.Backup)];
        string back = _root + "back/" + Path.GetFileName(made.Backup);

        Assert.False(Copy(_catalog, made.Backup, folders, away).IsSkipped);
        Assert.False(Copy(folders, away, _catalog, back).IsSkipped);
        Assert.True(Copy(folders, away, _catalog, back).IsSkipped);

        Assert.Equal(((string[])[made.Backup, back]).Order(StringComparer.Ordinal), List());
        CatalogEntry copied = _catalog.FindBackup(back, Token)!;
        Assert.Equal((made.Sha256, _databases[1], true), (copied.Manifest!.Sha256, copied.Database, copied.Verified));
        Assert.Equal(DatabaseContent.Of(_databases[1]), DatabaseContent.Of(Restore(back)));
        Assert.Empty(Directory.GetFileSystemEntries(_staging));
    }

    [Fact]
    public void An_encrypted_backup_is_read_by_its_identity_alone()
    {
        AgeIdentity identity = AgeIdentity.Create();
        BackupResult made = BackUp(_databases[0], "zst.age", request => request with { Recipients = [identity.Recipient], StagingFolder = _staging });

        CatalogEntry entry = _catalog.FindBackup(made.Backup, Token)!;
        Assert.Equal((true, BackupCompression.Zstd, _databases[0]), (entry.IsEncrypted, entry.Compression, entry.Database));
        Assert.Equal((BackupTestStatus.Unchecked, ChecksumStatus.Matches), Test(made.Backup));
        Assert.Equal(BackupFailure.IdentityMissing, Assert.Throws<SqliteBackupException>(() => Restore(made.Backup)).Failure);
        Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.Matches), Test(made.Backup, identity));
        Assert.Equal(DatabaseContent.Of(_databases[0]), DatabaseContent.Of(Restore(made.Backup, identity)));
        Assert.Empty(Directory.GetFileSystemEntries(_staging));
    }

    private static BackupCopyResult Copy(BackupCatalog from, string source, BackupCatalog to, string destination) => BackupCopy.Run(
        new BackupCopyRequest { Source = source, SourceCatalog = from, Destination = destination, DestinationCatalog = to }, (_, _) => { }, null, Token);

    private string[] List() => [.. _catalog.ListFolder(_root, recurse: true, Token).Select(entry => entry.Backup!).Order(StringComparer.Ordinal)];

    private BackupResult BackUp(string database, string suffix, Func<BackupRequest, BackupRequest>? change = null)
    {
        var request = new BackupRequest
        {
            Database = database,
            Destination = $"{_root}{Path.GetFileName(database)}.{suffix}",
            Compression = BackupCompression.Zstd,
            WriteManifest = true,
            Catalog = _catalog,
        };
        return DatabaseBackup.Run(change is null ? request : change(request), null, Token);
    }

    private (BackupTestStatus, ChecksumStatus) Test(string backup, params AgeIdentity[] identities)
    {
        using FetchedBackup fetched = _catalog.Fetch(backup, (_, _) => { }, Token);
        BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = fetched.Path, Identities = identities }, Token);
        return (result.Status, result.Checksum);
    }

    private string Restore(string backup, params AgeIdentity[] identities)
    {
        using FetchedBackup fetched = _catalog.Fetch(backup, (_, _) => { }, Token);
        string restored = _folder[$"restored-{Guid.NewGuid():N}.db"];
        DatabaseRestore.Run(new RestoreRequest { Backup = fetched.Path, Database = restored, Identities = identities }, null, Token);
        return restored;
    }
}

public sealed class FolderStory(ServerFixture<FolderServer> fixture) : StoreStory<FolderServer>(fixture);

public sealed class SftpStory(ServerFixture<SshStoreServer> fixture) : StoreStory<SshStoreServer>(fixture);

public sealed class S3RverStory(ServerFixture<S3RverServer> fixture) : StoreStory<S3RverServer>(fixture);

public sealed class RadosStory(ServerFixture<RadosStoreServer> fixture) : StoreStory<RadosStoreServer>(fixture);

public sealed class AzureStory(ServerFixture<AzuriteServer> fixture) : StoreStory<AzuriteServer>(fixture);

public sealed class RcloneStory(ServerFixture<RcloneServer> fixture) : StoreStory<RcloneServer>(fixture);
