using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Repository;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>A year of hourly backups in a repository: the right one for an instant, as it was then.</summary>
public sealed class PointInTimeTests : IDisposable
{
    private static readonly DateTime Begin = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly RepositoryFixture _fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Of_a_year_of_hourly_backups_the_newest_verified_one_of_the_instant_or_before_comes_back()
    {
        _fixture.Create().Dispose();
        string database = new SampleDatabase { Megabytes = 0.05 }.Create(_fixture.Folder["app.db"]);
        string location = $"restic:{_fixture.Folder["repository"]}/";
        BackupManifest manifest = BackUp(database, location);
        Random random = Faults.TestRandom.Create();
        (int Hour, bool IsGood)[] year = [.. Enumerable.Range(0, TestScale.Count(365 * 24)).Where(_ => random.Next(20) > 0).Select(hour => (hour, random.Next(5) > 0))];
        Fill(year, database, manifest);

        using RepositoryCatalog catalog = Open(location);
        IReadOnlyList<CatalogEntry> listed = [.. catalog.ListFolder(location, recurse: false, Token).Where(backup => backup.SnapshotTakenAt < Begin.AddYears(1))];
        Assert.Equal(year.Length, listed.Count);
        for (int i = 0; i < 200; i++)
        {
            DateTime at = Begin.AddSeconds(random.Next(-3600, (year.Length * 3600) + 3600));
            int? expected = year.Where(backup => backup.IsGood && Begin.AddHours(backup.Hour) <= at).Select(backup => (int?)backup.Hour).LastOrDefault();

            CatalogEntry? chosen = PointInTime.Choose(listed, at).Backup;

            Assert.Equal(expected is int hour ? Begin.AddHours(hour) : null, chosen?.SnapshotTakenAt);
            if (i < 5 && chosen is not null)
            {
                using FetchedBackup fetched = catalog.Fetch(chosen.Backup!, (_, _) => { }, Token);
                Assert.Equal(expected, BitConverter.ToInt32(File.ReadAllBytes(fetched.Path), 60));
            }
        }
    }

    private RepositoryCatalog Open(string location) => RepositoryCatalog.Open(
        StoreLocation.Parse(location), new StoreSettings(), RepositoryFixture.Password, _fixture.Options, _fixture.Folder.Path, Token);

    private BackupManifest BackUp(string database, string location)
    {
        using RepositoryCatalog catalog = Open(location);
        DatabaseBackup.Run(new BackupRequest { Database = database, Destination = location, Catalog = catalog, WriteManifest = true }, null, Token);
        return Assert.Single(catalog.ListFolder(location, recurse: false, Token)).Manifest!;
    }

    // The hour stands where a database has a number of its application's own (PRAGMA user_version), so that each is told from all others.
    private void Fill(IEnumerable<(int Hour, bool IsGood)> year, string database, BackupManifest manifest)
    {
        byte[] bytes = File.ReadAllBytes(database);
        using RepositorySession session = _fixture.Opened.OpenSession(Token);
        foreach ((int hour, bool isGood) in year)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(60), hour);
            File.WriteAllBytes(_fixture.Folder["then.db"], bytes);
            DateTime taken = Begin.AddHours(hour);
            BackupManifest then = manifest with
            {
                StartedAt = taken,
                SnapshotTakenAt = taken,
                OrderedAt = taken,
                Check = new ManifestCheck(VerifyLevel.Quick, isGood ? CheckStatus.Ok : CheckStatus.NotChecked, taken, manifest.Sha256),
            };
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(_fixture.Folder["then.db"]);
            session.Store(RepositoryContent.Of(file, database, taken) with { Manifest = then }, Token);
        }

        session.Flush(Token);
    }
}
