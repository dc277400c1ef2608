using System.Globalization;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Restore;

namespace SqliteBackup.Engine.Tests.Catalog;

/// <summary>What restores save of a database is listed as that, and pruned by itself.</summary>
public sealed class SafetyCopyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _database;

    public SafetyCopyTests()
    {
        _database = RestoreRun.Make(_folder, "app.db");
        RestoreRun.Make(_folder, "backup.db", version: 2);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_listed_with_its_database_and_its_time()
    {
        string copy = RestoreRun.Run(_folder["backup.db"], _database).SafetyCopy!;

        CatalogEntry entry = Assert.Single(List(), entry => entry.IsSafetyCopy);

        Assert.Equal((copy, _database), (entry.Backup, entry.Database));
        Assert.Equal(
            Path.GetFileName(copy)["app.db.before-restore-".Length..],
            entry.SnapshotTakenAt!.Value.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void It_is_no_latest_backup()
    {
        RestoreRun.Run(_folder["backup.db"], _database);

        IReadOnlyList<CatalogEntry> stale = new BackupSelection { Databases = [_database], Latest = true, OlderThan = TimeSpan.FromDays(1) }.Of(List());

        Assert.Null(Assert.Single(stale).Backup);
    }

    [Fact]
    public void Rules_count_safety_copies_by_themselves_and_keep_the_newest()
    {
        string[] copies = [.. Enumerable.Range(0, 3).Select(_ => RestoreRun.Run(_folder["backup.db"], _database).SafetyCopy!)];

        IReadOnlyList<RetentionDecision> plan = RetentionPlan.Make(List(), new RetentionPolicy { KeepLast = 2 }, DateTime.UtcNow);

        Assert.Equal(copies.Take(1), plan.Where(decision => !decision.IsKept).Select(decision => decision.Entry.Backup));
        BackupRemoval.Run(plan.Single(decision => !decision.IsKept));
        Assert.Equal(copies.Skip(1).Reverse(), List().Where(entry => entry.IsSafetyCopy).Select(entry => entry.Backup));
        Assert.True(File.Exists(_database));
    }

    [Fact]
    public void A_name_of_that_kind_on_another_file_is_not_taken_for_one()
    {
        File.WriteAllText(_folder["notes.before-restore-20260101T000000000Z"], "words");

        Assert.DoesNotContain(List(), entry => entry.IsSafetyCopy);
    }

    private IReadOnlyList<CatalogEntry> List() => FolderCatalog.List(_folder.Path, recurse: false, TestContext.Current.CancellationToken);
}
