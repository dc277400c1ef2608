using SqliteBackup.Catalog;

namespace SqliteBackup.Engine.Tests.Catalog;

public sealed class ListTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_lists_its_backups_newest_first_and_nothing_else()
    {
        string template = new SampleDatabase().Create(_folder["template"]);
        Directory.CreateDirectory(_folder["out/sub"]);
        string old = TestCatalog.Write(_folder["out"], template, TestCatalog.Utc("2025-01-01"));
        string young = TestCatalog.Write(_folder["out"], template, TestCatalog.Utc("2025-01-02"));
        string below = TestCatalog.Write(_folder["out/sub"], template, TestCatalog.Utc("2025-01-03"));
        File.Copy(template, _folder["out/no manifest.db"]);
        File.WriteAllText(_folder["out/notes.txt"], "not a backup");
        File.WriteAllText(_folder["out/orphan.db.json"], "{}");
        File.Copy(template, _folder["out/a.db.partial-0123456789abcdef"]);
        File.WriteAllText(old + "-wal", "");

        Assert.Equal([_folder["out/no manifest.db"], young, old], List().Select(entry => entry.Backup));
        Assert.Equal([ManifestState.Missing, ManifestState.Present, ManifestState.Present], List().Select(entry => entry.ManifestState));
        Assert.Contains(below, List(recurse: true).Select(entry => entry.Backup));
        CatalogEntry first = List()[1];
        Assert.Equal(("/srv/app.db", true, VerifyLevel.Quick), (first.Database, first.Verified, first.CheckLevel));
        Assert.InRange(first.Age!.Value, DateTime.UtcNow - TestCatalog.Utc("2025-01-02") - TimeSpan.FromHours(1), DateTime.UtcNow - TestCatalog.Utc("2025-01-02"));
    }

    [Fact]
    public void A_file_that_was_cut_short_is_not_verified_any_more()
    {
        string path = TestCatalog.Write(_folder.Path, new SampleDatabase().Create(_folder["in/template"]), TestCatalog.Utc("2025-01-01"));
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - 1);
        }

        CatalogEntry entry = Assert.Single(FolderCatalog.List(_folder.Path, recurse: false, CancellationToken.None));

        Assert.Equal((ManifestState.Mismatched, false), (entry.ManifestState, entry.Verified));
    }

    [Fact]
    public void The_latest_backup_of_each_database_and_the_databases_without_a_fresh_one_are_found()
    {
        string fresh = new SampleDatabase().Create(_folder["in/fresh.db"]);
        string stale = new SampleDatabase().Create(_folder["in/stale.db"]);
        string never = new SampleDatabase().Create(_folder["in/never.db"]);
        Directory.CreateDirectory(_folder["out"]);
        TestCatalog.Write(_folder["out"], fresh, DateTime.UtcNow.AddDays(-3), fresh);
        string freshest = TestCatalog.Write(_folder["out"], fresh, DateTime.UtcNow.AddHours(-1), fresh);
        TestCatalog.Write(_folder["out"], stale, DateTime.UtcNow.AddDays(-9), stale);
        string stalest = TestCatalog.Write(_folder["out"], stale, DateTime.UtcNow.AddDays(-2), stale);

        Assert.Equal([freshest, stalest], new BackupSelection { Latest = true }.Of(List()).Select(entry => entry.Backup));
        var selection = new BackupSelection { Latest = true, OlderThan = TimeSpan.FromDays(1), Databases = [fresh, stale, never] };
        Assert.Equal([(stale, stalest), (never, null)], selection.Of(List()).Select(entry => (entry.Database!, entry.Backup)));
        Assert.Equal([stale], (selection with { Databases = [] }).Of(List()).Select(entry => entry.Database));
        Assert.Equal(2, new BackupSelection { Databases = ["st*.db"] }.Of(List()).Count);
        Assert.Equal([stalest], new BackupSelection { After = DateTime.UtcNow.AddDays(-3), Before = DateTime.UtcNow.AddDays(-1) }.Of(List()).Select(entry => entry.Backup));
    }

    [Fact]
    public void Many_backups_are_listed_and_pruned_right()
    {
        int count = TestScale.Count(10_000);
        string template = new SampleDatabase { Entries = 0 }.Create(_folder["in/template"]);
        Directory.CreateDirectory(_folder["out"]);
        DateTime first = TestCatalog.Utc("2025-01-01");
        for (int i = 0; i < count; i++)
        {
            string path = TestCatalog.Write(_folder["out"], template, first.AddHours(i), $"/srv/{i % 10}.db");
            File.WriteAllBytes(path, []);
        }

        IReadOnlyList<CatalogEntry> listed = List();

        Assert.Equal(count, listed.Count);
        Assert.All(RetentionPlan.Make(listed, new RetentionPolicy { KeepLast = 3 }, DateTime.UtcNow), decision => Assert.True(decision.IsKept));

        // Only sound backups are pruned: the same ones with the size that their manifests tell.
        listed = [.. listed.Select(entry => entry with { StoredBytes = entry.Manifest!.StoredBytes, Verified = true, ManifestState = ManifestState.Present })];
        IReadOnlyList<RetentionDecision> plan = RetentionPlan.Make(listed, new RetentionPolicy { KeepLast = 3 }, DateTime.UtcNow);
        Assert.Equal(30, plan.Count(decision => decision.IsKept));
        Assert.Equal(
            listed.Take(30).Select(entry => entry.Backup).Order(StringComparer.Ordinal),
            plan.Where(decision => decision.IsKept).Select(decision => decision.Entry.Backup).Order(StringComparer.Ordinal));
    }

    private IReadOnlyList<CatalogEntry> List(bool recurse = false) => FolderCatalog.List(_folder["out"], recurse, CancellationToken.None);
}
