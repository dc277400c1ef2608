using System.Text.Json;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>A backup in a folder knows itself, and what is wrong beside it harms nothing.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_manifest_says_what_the_backup_is_and_has_the_hash_of_the_file()
    {
        string database = new SampleDatabase { JournalMode = "wal", Megabytes = 1 }.Create(_folder["app.db"]);
        using (Microsoft.Data.Sqlite.SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "PRAGMA user_version=7; PRAGMA application_id=-5");
        }

        BackupResult result = RunWithManifest(database, "copy.db");

        (ManifestState state, BackupManifest? manifest) = ManifestFile.Read(_folder["out/copy.db"]);
        Assert.Equal(ManifestState.Present, state);
        Assert.Equal(Judge.Sha256(_folder["out/copy.db"]), manifest!.Sha256);
        Assert.Equal(manifest.Sha256, manifest.ContentSha256);
        Assert.Equal((database, Environment.MachineName), (manifest.Source.Path, manifest.Source.Host));
        Assert.Equal((7, -5), (manifest.UserVersion, manifest.ApplicationId));
        Assert.Equal(new FileInfo(_folder["out/copy.db"]).Length, manifest.StoredBytes);
        Assert.Equal((result.Bytes, result.PageCount, result.PageSize, result.SnapshotTakenAt), (manifest.Bytes, manifest.PageCount, manifest.PageSize, manifest.SnapshotTakenAt));
        Assert.Equal((VerifyLevel.Quick, CheckStatus.Ok), (manifest.Check.Level, manifest.Check.Answer));
        Assert.Equal(["copy.db", "copy.db.json"], _folder.Files("out"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder["out/copy.db.json"]));
        Assert.Equal(1, json.RootElement.GetProperty("formatVersion").GetInt32());
        Assert.Equal("Snapshot", json.RootElement.GetProperty("copyMode").GetString());
    }

    [Fact]
    public void A_manifest_has_the_rights_of_its_backup()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder there");
        string database = new SampleDatabase().Create(_folder["app.db"]);
        File.SetUnixFileMode(database, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        RunWithManifest(database, "copy.db");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["out/copy.db.json"]));
    }

    [Fact]
    public void A_manifest_comes_after_its_backup_and_never_before()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        bool alone = false;
        BackupRun.Run(database, _folder["copy.db"], observer: new RecordingObserver(_ => alone |= File.Exists(_folder["copy.db.json"])));
        Assert.False(alone);
        Assert.False(File.Exists(_folder["copy.db.json"]));
    }

    [Fact]
    public void A_replaced_backup_never_keeps_the_manifest_of_the_old_one()
    {
        string database = new SampleDatabase { Entries = 3 }.Create(_folder["app.db"]);
        RunWithManifest(database, "copy.db");
        string old = ManifestFile.Read(_folder["out/copy.db"]).Manifest!.Sha256;
        new SampleDatabase { Entries = 9 }.Create(_folder["other.db"]);

        BackupRun.Run(_folder["other.db"], _folder["out/copy.db"], overwrite: true);

        BackupManifest manifest = ManifestFile.Read(_folder["out/copy.db"]).Manifest!;
        Assert.NotEqual(old, manifest.Sha256);
        Assert.Equal(Judge.Sha256(_folder["out/copy.db"]), manifest.Sha256);
    }

    [Fact]
    public void A_replacement_that_fails_leaves_the_old_backup_and_its_manifest()
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        RunWithManifest(database, "copy.db");
        string[] before = FolderSnapshot.Take(_folder["out"]);
        using var cancel = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => BackupRun.Run(
            database, _folder["out/copy.db"], new CopyOptions { PagesPerStep = 1 }, new RecordingObserver(_ => cancel.Cancel()), overwrite: true, cancel: cancel.Token));

        Assert.Equal(before, FolderSnapshot.Take(_folder["out"]));
    }

    [Fact]
    public void A_foreign_file_under_the_manifests_name_is_not_replaced()
    {
        string database = new SampleDatabase().Create(_folder["app.db"]);
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/copy.db.json"], "[1, 2, 3]");

        BackupRun.Fails(BackupFailure.DestinationExists, () => RunWithManifest(database, "copy.db"));

        Assert.Equal(["copy.db.json"], _folder.Files("out"));
        Assert.Equal("[1, 2, 3]", File.ReadAllText(_folder["out/copy.db.json"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"formatVersion\": 1")]
    [InlineData("{\"formatVersion\": 1}")]
    [InlineData("{\"formatVersion\": 99, \"source\": null}")]
    [InlineData("[]")]
    [InlineData("null")]
    public void A_damaged_manifest_is_shown_as_one_and_the_backup_from_what_it_is(string text)
    {
        RunWithManifest(new SampleDatabase().Create(_folder["app.db"]), "copy.db");
        File.WriteAllText(_folder["out/copy.db.json"], text);

        CatalogEntry entry = Assert.Single(FolderCatalog.List(_folder["out"], recurse: false, CancellationToken.None));

        Assert.Equal(ManifestState.Damaged, entry.ManifestState);
        Assert.False(entry.Verified);
        Assert.Null(entry.Database);
        Assert.Equal(new FileInfo(_folder["out/copy.db"]).Length, entry.Bytes);
    }

    // A member that is added and not written, or not read, would be lost in silence.
    [Fact]
    public void Every_member_is_written_and_read_again()
    {
        BackupManifest manifest = TestCatalog.Manifest(TestCatalog.Utc("2026-11-25 12:00:01.1234567")) with
        {
            Source = new ManifestSource("/srv/a \"b\" <ü> 😀.db", "host", "1:2"),
            OrderedAt = TestCatalog.Utc("2026-11-25 12:00:02"),
            Duration = TimeSpan.FromDays(1.5),
            ContentSha256 = new string('c', 64),
            Recipients = ["age1", "age2"],
            Restarts = 3,
            CopyMode = CopyMode.SingleStep,
            Compression = BackupCompression.Zstd,
            IsCompact = true,
            ApplicationId = -5,
            UserVersion = int.MinValue,
            Check = new ManifestCheck(VerifyLevel.Full, CheckStatus.CouldNotBeChecked, TestCatalog.Utc("2026-11-26"), new string('d', 64)),
            SourceFingerprint = new SourceFingerprint("3:4", 1, 2, 3, 4, 5, long.MaxValue, uint.MaxValue),
        };
        Assert.DoesNotContain(typeof(BackupManifest).GetProperties(), property => property.GetValue(manifest) is null or 0 or 0L or false);

        BackupManifest read = ManifestFile.Parse(ManifestFile.BytesOf(manifest)).Manifest!;

        Assert.Equal(manifest.Recipients, read.Recipients);
        Assert.Equal(manifest, read with { Recipients = manifest.Recipients });
    }

    [Fact]
    public void A_manifest_is_read_as_earlier_versions_wrote_it()
    {
        const string Text = """
            {
              "formatVersion": 1,
              "source": { "path": "/srv/app.db", "host": "host", "identity": "1:2" },
              "startedAt": "2026-11-25T12:00:00Z", "snapshotTakenAt": "2026-11-25T12:00:00.5Z", "duration": "00:00:01.5000000",
              "pageSize": 4096, "pageCount": 2, "bytes": 8192, "storedBytes": 8192,
              "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
              "contentSha256": "0000000000000000000000000000000000000000000000000000000000000000",
              "sqliteVersion": "3.53.4", "copyMode": "Snapshot", "restarts": 0,
              "check": { "level": "Quick", "answer": "Ok", "checkedAt": "2026-11-25T12:00:01Z", "sha256": null },
              "compression": "none", "applicationId": 0, "userVersion": 7, "moduleVersion": "0.1.0", "unknown": [1]
            }
            """;

        (ManifestState state, BackupManifest? manifest) = ManifestFile.Parse(System.Text.Encoding.UTF8.GetBytes(Text));

        Assert.Equal(ManifestState.Present, state);
        Assert.Equal((TimeSpan.FromSeconds(1.5), 7, null), (manifest!.Duration, manifest.UserVersion, manifest.Check.Sha256));
        Assert.Equal(ManifestState.Damaged, ManifestFile.Parse(System.Text.Encoding.UTF8.GetBytes(Text + "x")).State);
        foreach (string wrong in (string[])["\"Sideways\"", "\"7\"", "3", "null", "[]"])
        {
            Assert.Equal(ManifestState.Damaged, ManifestFile.Parse(System.Text.Encoding.UTF8.GetBytes(Text.Replace("\"Snapshot\"", wrong, StringComparison.Ordinal))).State);
        }
    }

    private BackupResult RunWithManifest(string database, string name) => DatabaseBackup.Run(
        new BackupRequest { Database = database, Destination = _folder["out/" + name], WriteManifest = true },
        null,
        TestContext.Current.CancellationToken);
}
