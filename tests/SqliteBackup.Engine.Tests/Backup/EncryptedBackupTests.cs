using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Restore;
using SqliteBackup.Engine.Tests.Storage.Encoding;
using SqliteBackup.Restore;
using SqliteBackup.Sql;
using SqliteBackup.Sqlite;
using SqliteBackup.Storage;
using SqliteBackup.Storage.Encoding;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Backup;

/// <summary>A backup to public keys, in a folder and in a store: whoever has the secret key does all with it, and nobody else.</summary>
public sealed class EncryptedBackupTests : IDisposable
{
    private static readonly AgeIdentity Identity = AgeIdentity.Create();

    private readonly TempFolder _folder = new();
    private readonly string _database;
    private readonly string _staging;

    public EncryptedBackupTests()
    {
        _database = new SampleDatabase { Megabytes = 0.5 }.Create(_folder["app.db"]);
        _staging = Directory.CreateDirectory(_folder["staging"]).FullName;
        Directory.CreateDirectory(_folder["out"]);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(BackupCompression.None, ".age", false)]
    [InlineData(BackupCompression.Zstd, ".zst.age", false)]
    [InlineData(BackupCompression.Gzip, ".gz.age", false)]
    [InlineData(BackupCompression.Zstd, ".zst.age", true)]
    public void It_is_listed_tested_restored_exported_and_pruned(BackupCompression compression, string suffix, bool isStore)
    {
        using BackupCatalog catalog = isStore ? new StoreCatalog(new LocalStore(_folder["out"]), _staging) : new FolderCatalog();
        string root = isStore ? _folder["out"] + Path.DirectorySeparatorChar : _folder["out"];
        BackupResult first = BackUp(Path.Combine(root, "one.db" + suffix), compression, catalog);
        Assert.True(first.IsEncrypted);
        Assert.Empty(Directory.GetFileSystemEntries(_staging));

        CatalogEntry entry = Assert.Single(catalog.ListFolder(root, recurse: false, TestContext.Current.CancellationToken));
        Assert.Equal((true, true, compression, first.Bytes), (entry.IsEncrypted, entry.Verified, entry.Compression, entry.Bytes));
        using (FetchedBackup fetched = catalog.Fetch(first.Backup, (_, _) => { }, TestContext.Current.CancellationToken))
        {
            BackupTestResult test = Test(fetched.Path, Identity);
            Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.Matches, compression), (test.Status, test.Checksum, test.Compression));
            RestoreRun.Run(new RestoreRequest { Backup = fetched.Path, Database = _folder["restored.db"], Identities = [AgeIdentity.Create(), Identity] });
            RestoreRun.AssertEqual(_database, _folder["restored.db"]);
            Assert.Equal(TextOf(_database), TextOf(fetched.Path, Identity));
        }

        BackUp(Path.Combine(root, "two.db" + suffix), compression, catalog, new RetentionPolicy { KeepLast = 1 });
        Assert.Equal(["two.db" + suffix], catalog.ListFolder(root, recurse: false, TestContext.Current.CancellationToken).Select(backup => Path.GetFileName(backup.Backup!)));
    }

    [Fact]
    public void The_age_of_the_distribution_opens_it()
    {
        AgeTool.SkipWithout();
        AgeKeyFiles.WriteNewIdentity(_folder["key.txt"], Identity);
        BackUp(_folder["out/app.db.age"], BackupCompression.None);
        AgeTool.Run("age", "--decrypt", "-i", _folder["key.txt"], "-o", _folder["opened.db"], _folder["out/app.db.age"]);
        RestoreRun.AssertEqual(_database, _folder["opened.db"]);
    }

    [Fact]
    public void Without_the_identity_only_the_stored_bytes_are_checked_and_that_is_not_ok()
    {
        string backup = BackUp(_folder["out/app.db.zst.age"], BackupCompression.Zstd).Backup;

        foreach (AgeIdentity[] identities in (AgeIdentity[][])[[], [AgeIdentity.Create()]])
        {
            BackupTestResult test = Test(backup, identities);
            Assert.Equal((BackupTestStatus.Unchecked, ChecksumStatus.Matches), (test.Status, test.Checksum));
            Assert.Contains("Only its stored bytes were checked", Assert.Single(test.Findings), StringComparison.Ordinal);
            Assert.False(TestRecord.Write(test));
            BackupRun.Fails(
                BackupFailure.IdentityMissing,
                () => RestoreRun.Run(new RestoreRequest { Backup = backup, Database = _folder["restored.db"], Identities = identities }));
            BackupRun.Fails(BackupFailure.IdentityMissing, () => TextOf(backup, identities));
        }

        Assert.False(File.Exists(_folder["restored.db"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flipped_bit_is_damage_with_and_without_the_identity(bool hasManifest)
    {
        string backup = BackUp(_folder["out/app.db.age"], BackupCompression.None).Backup;
        byte[] whole = File.ReadAllBytes(backup);
        if (!hasManifest)
        {
            File.Delete(backup + BackupManifest.FileSuffix);
        }

        // In the wrapped key, in the first chunk, at the end.
        foreach (int place in (int[])[100, 1000, whole.Length - 1])
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 1;
            File.WriteAllBytes(backup, damaged);
            BackupTestStatus status = Test(backup, Identity).Status;
            Assert.True(status == BackupTestStatus.Corrupt || (!hasManifest && place == 100 && status == BackupTestStatus.Unchecked), $"{place}: {status}");
            BackupTestStatus unread = Test(backup).Status;
            Assert.True(unread == BackupTestStatus.Corrupt || (!hasManifest && unread == BackupTestStatus.Unchecked), $"{place}: {unread}");
            Assert.Throws<SqliteBackupException>(
                () => RestoreRun.Run(new RestoreRequest { Backup = backup, Database = _folder["restored.db"], Identities = [Identity] }));
            Assert.False(File.Exists(_folder["restored.db"]));
        }
    }

    [Fact]
    public void The_manifest_names_the_recipients_and_nothing_from_which_the_content_could_be_guessed()
    {
        string plain = BackupRun.Run(_database, _folder["plain.db"]).Backup;
        string content = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(plain))).ToLowerInvariant();
        BackupResult result = BackUp(_folder["out/app.db.age"], BackupCompression.None);

        string manifest = File.ReadAllText(result.Backup + BackupManifest.FileSuffix);
        Assert.Contains($"{Identity.Recipient}", manifest, StringComparison.Ordinal);
        Assert.Contains(result.Sha256!, manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("contentSha256", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain(content, manifest, StringComparison.Ordinal);
        Assert.NotEqual(content, result.Sha256);
    }

    [Fact]
    public void An_unchanged_database_is_skipped_only_for_the_same_recipients()
    {
        BackUp(_folder["out/one.db.age"], BackupCompression.None);
        BackupResult Again(string name, params AgeRecipient[] recipients) => DatabaseBackup.Run(
            Request(_folder["out/" + name], BackupCompression.None) with { SkipUnchanged = true, Recipients = recipients }, null, TestContext.Current.CancellationToken);

        Assert.True(Again("two.db.age", Identity.Recipient).Unchanged);
        Assert.False(Again("three.db.age", AgeIdentity.Create().Recipient).Unchanged);
        Assert.False(Again("four.db").Unchanged);
    }

    [Fact]
    public void The_copy_that_is_not_encrypted_never_stands_beside_the_backup()
    {
        bool wasStaged = false;
        var beside = new List<string>();
        var observer = new RecordingObserver(progress =>
        {
            wasStaged |= Directory.GetFiles(_staging).Length > 0;
            beside.AddRange(Directory.GetFiles(_folder["out"]).Where(IsDatabase));
        });
        DatabaseBackup.Run(Request(_folder["out/app.db.age"], BackupCompression.None), observer, TestContext.Current.CancellationToken);

        Assert.True(wasStaged);
        Assert.Empty(beside);
        Assert.Contains(observer.Progress, progress => progress.State == BackupState.Encrypting);
        Assert.Empty(Directory.GetFileSystemEntries(_staging));
    }

    // Not by a stream: the file is locked against those.
    private static bool IsDatabase(string path)
    {
        using RawDatabaseFile file = RawDatabaseFile.Open(path);
        byte[] beginning = new byte[16];
        _ = file.Read(0, beginning);
        return beginning.AsSpan().SequenceEqual("SQLite format 3\0"u8);
    }

    private static BackupTestResult Test(string backup, params AgeIdentity[] identities) =>
        BackupTest.Run(new BackupTestRequest { Path = backup, Identities = identities }, TestContext.Current.CancellationToken);

    private static List<string> TextOf(string database, params AgeIdentity[] identities)
    {
        var text = new List<string>();
        SqlExport.ToStrings(new ExportRequest { Database = database, Identities = identities }, text.Add, null, TestContext.Current.CancellationToken);
        return text;
    }

    private BackupRequest Request(string destination, BackupCompression compression) => new()
    {
        Database = _database,
        Destination = destination,
        Compression = compression,
        Recipients = [Identity.Recipient],
        StagingFolder = _staging,
        WriteManifest = true,
    };

    private BackupResult BackUp(string destination, BackupCompression compression, BackupCatalog? catalog = null, RetentionPolicy? retention = null) =>
        DatabaseBackup.Run(Request(destination, compression) with { Catalog = catalog, Retention = retention }, null, TestContext.Current.CancellationToken);
}
