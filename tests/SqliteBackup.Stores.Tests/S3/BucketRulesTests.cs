using Amazon.S3;
using Amazon.S3.Model;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests.S3;

/// <summary>Buckets that keep versions, lock them, or let nobody delete: what they keep stays, and nothing is lost where they refuse.</summary>
public sealed class BucketRulesTests(ServerFixture<RadosStoreServer> fixture) : IDisposable
{
    private const int SeveralParts = 6_000_000;

    private readonly TempFolder _folder = new();
    private readonly string _bucket = $"rules-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_removed_or_replaced_in_a_bucket_with_versions_stays_as_a_version()
    {
        using AmazonS3Client client = await MakeBucket(isLocked: false);
        await client.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = _bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } }, Token);
        using StoreCatalog catalog = OpenCatalog();
        BackupResult first = BackUp(catalog, "1.db");
        BackupResult replaced = BackUp(catalog, "2.db");
        BackupResult second = BackUp(catalog, "2.db", overwrite: true);

        RemoveOld(catalog, first);

        Assert.Equal([second.Backup], catalog.ListFolder(Root, recurse: true, Token).Select(entry => entry.Backup));
        List<S3ObjectVersion> versions = await Versions(client);
        Assert.Equal([(first.StoredBytes, false)], Stored(versions, "1.db"));
        Assert.Equal([(replaced.StoredBytes, false), (second.StoredBytes, true)], Stored(versions, "2.db"));

        // What was removed comes back by the store's own means.
        foreach (S3ObjectVersion marker in versions.Where(version => version.IsDeleteMarker == true && version.Key.StartsWith("place/1.db", StringComparison.Ordinal)))
        {
            await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = marker.Key, VersionId = marker.VersionId }, Token);
        }

        Assert.Equal(first.Sha256, catalog.FindBackup(first.Backup, Token)?.Manifest?.Sha256);
        using FetchedBackup fetched = catalog.Fetch(first.Backup, (_, _) => { }, Token);
        Assert.Equal(DatabaseContent.Of(_folder["app.db"]), DatabaseContent.Of(fetched.Path));
    }

    [Fact]
    public async Task A_bucket_that_locks_takes_backups_and_keeps_what_is_removed()
    {
        using AmazonS3Client client = await MakeBucket(isLocked: true);
        using StoreCatalog catalog = OpenCatalog();
        BackupResult first = BackUp(catalog, "1.db", megabytes: 12);
        BackupResult second = BackUp(catalog, "2.db", megabytes: 12);
        Assert.True(first.StoredBytes > SeveralParts, "It went in one request.");

        RemoveOld(catalog, first);

        Assert.Equal([second.Backup], catalog.ListFolder(Root, recurse: true, Token).Select(entry => entry.Backup));
        S3ObjectVersion kept = Assert.Single(await Versions(client), version => version.Key == "place/1.db" && version.IsDeleteMarker != true);
        AmazonS3Exception refused = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = kept.Key, VersionId = kept.VersionId }, Token));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task A_bucket_that_nobody_may_delete_from_says_so_and_loses_nothing()
    {
        using AmazonS3Client client = await MakeBucket(isLocked: false);
        using StoreCatalog catalog = OpenCatalog();
        BackupResult first = BackUp(catalog, "1.db");
        BackupResult second = BackUp(catalog, "2.db");
        await client.PutBucketPolicyAsync(
            new PutBucketPolicyRequest
            {
                BucketName = _bucket,
                Policy = $$"""
                    {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:DeleteObject"],"Resource":["arn:aws:s3:::{{_bucket}}/*"]}]}
                    """,
            },
            Token);
        Login login = Login.To(fixture.Server, fixture.Server.Port);
        string to = $"-StoreOption {login.Options} -StagingPath '{_folder["staging"]}'";
        using var run = new ModuleRun(
            $$"""
            $ErrorActionPreference = 'Continue'
            Remove-SqliteBackup '{{first.Backup}}' -Force {{to}} 2>&1 | ForEach-Object { "$($_.FullyQualifiedErrorId): $_" }
            $made = Backup-SqliteDatabase '{{_folder["app.db"]}}' '{{Root}}3.db' -KeepLast 1 {{to}} 3>&1
            $made | ForEach-Object { if ($_ -is [System.Management.Automation.WarningRecord]) { "warning: $_" } else { "made: $($_.Backup)" } }
            """,
            login.Environment);

        (_, string output, string error) = run.Join();

        TestContext.Current.TestOutputHelper?.WriteLine(output + error);
        Assert.StartsWith($"StoreRefused,", output, StringComparison.Ordinal);
        Assert.Contains($"'{first.Backup}'", output, StringComparison.Ordinal);
        Assert.Contains("AccessDenied", output, StringComparison.Ordinal);
        Assert.Contains("warning: ", output, StringComparison.Ordinal);
        Assert.Contains($"made: {Root}3.db", output, StringComparison.Ordinal);
        Assert.Equal(
            [first.Backup, second.Backup, $"{Root}3.db"],
            catalog.ListFolder(Root, recurse: true, Token).Where(entry => entry.ManifestState == ManifestState.Present).Select(entry => entry.Backup!).Order(StringComparer.Ordinal));
    }

    private string Root => $"s3://{_bucket}/place/";

    private static (long, bool)[] Stored(List<S3ObjectVersion> versions, string name) =>
        [.. versions.Where(version => version.Key == "place/" + name && version.IsDeleteMarker != true).Select(version => (version.Size ?? 0, version.IsLatest == true)).Order()];

    private void RemoveOld(StoreCatalog catalog, BackupResult backup)
    {
        RetentionDecision old = RetentionPlan.Make(catalog.ListFolder(Root, recurse: true, Token), new RetentionPolicy { KeepLast = 1 }, DateTime.UtcNow)
            .Single(decision => decision.Entry.Backup == backup.Backup);
        Assert.Equal(RemovalAction.Removed, catalog.Remove(old, Token).Action);
    }

    private async Task<AmazonS3Client> MakeBucket(bool isLocked)
    {
        AmazonS3Client client = fixture.Server.NewClient();
        await client.PutBucketAsync(new PutBucketRequest { BucketName = _bucket, ObjectLockEnabledForBucket = isLocked }, Token);
        if (isLocked)
        {
            await client.PutObjectLockConfigurationAsync(
                new PutObjectLockConfigurationRequest
                {
                    BucketName = _bucket,
                    ObjectLockConfiguration = new ObjectLockConfiguration
                    {
                        ObjectLockEnabled = ObjectLockEnabled.Enabled,
                        Rule = new ObjectLockRule { DefaultRetention = new DefaultRetention { Mode = ObjectLockRetentionMode.Compliance, Days = 1 } },
                    },
                },
                Token);
        }

        return client;
    }

    private StoreCatalog OpenCatalog() => new(fixture.Server.OpenPlace("place", null, null, _bucket), Directory.CreateDirectory(_folder["staging"]).FullName);

    private BackupResult BackUp(StoreCatalog catalog, string name, bool overwrite = false, double megabytes = 0.1)
    {
        string database = _folder["app.db"];
        if (!File.Exists(database))
        {
            new SampleDatabase { Megabytes = megabytes }.Create(database);
        }

        return DatabaseBackup.Run(
            new BackupRequest { Database = database, Destination = Root + name, WriteManifest = true, Overwrite = overwrite, Catalog = catalog }, null, Token);
    }

    private async Task<List<S3ObjectVersion>> Versions(AmazonS3Client client) =>
        (await client.ListVersionsAsync(new ListVersionsRequest { BucketName = _bucket }, Token)).Versions ?? [];
}
