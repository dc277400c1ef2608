using System.Text.RegularExpressions;
using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Restore;
using SqliteBackup.Storage;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>
/// In a process whose disk answers each flush with an error, whatever makes or replaces a file ends with an error and leaves the old one where
/// it was.
/// </summary>
public sealed partial class FlushTests : IDisposable
{
    private const string Earlier = "the earlier file";

    private readonly TempFolder _folder = new();
    private readonly string _database;

    public FlushTests() => _database = RestoreRun.Make(_folder, "data/app.db", version: 1);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(5, "BackupFailed", "RestoreFailed")]
    [InlineData(28, "DestinationFull", "DestinationFull")]
    [InlineData(122, "DestinationFull", "DestinationFull")]
    public void A_file_that_the_disk_did_not_take_is_never_said_to_be_there(int error, string backupFails, string restoreFails)
    {
        foreach (string path in (string[])["out/plain.db", "out/manifest.db", "out/copy.db.gz", "out/dump.sql", "out/text.sql.db"])
        {
            Directory.CreateDirectory(_folder["out"]);
            File.WriteAllText(_folder[path], Earlier);
        }

        File.WriteAllText(_folder["out/text.sql"], "CREATE TABLE t(a); INSERT INTO t VALUES(1);");
        string other = RestoreRun.Make(_folder, "other.db", version: 2);
        string[] content = DatabaseContent.Of(_database);
        string[] before = FolderSnapshot.Take(_folder["out"]);

        using (Looper process = Start("file", error))
        {
            AssertFails(process, $"backup|{_folder["out/plain.db"]}", backupFails);
            AssertFails(process, $"force|{_folder["out/manifest.db"]}", backupFails);
            AssertFails(process, $"compress|{_folder["out/copy.db.gz"]}", backupFails);
            AssertFails(process, $"export|{_folder["out/dump.sql"]}", backupFails);
            AssertFails(process, $"import|{_folder["out/text.sql"]}", backupFails);
            AssertFails(process, $"restore-new|{_folder["out/new.db"]}", restoreFails);
            AssertFails(process, $"safe-restore|{other}", restoreFails);
            AssertFails(process, $"restore|{other}", "RestoreFailed");
        }

        Assert.Equal(before, FolderSnapshot.Take(_folder["out"]));
        Assert.Equal(content, DatabaseContent.Of(_database));
        Assert.DoesNotContain(_folder.Files("data"), name => name.Contains("safety", StringComparison.Ordinal) || StagingName.Matches(name));
    }

    [Fact]
    public void A_safety_copy_of_a_WAL_database_that_the_disk_did_not_take_ends_the_restore()
    {
        string database = RestoreRun.Make(_folder, "live/wal.db", "wal", version: 3);
        string other = RestoreRun.Make(_folder, "other.db", version: 2);
        string[] content = DatabaseContent.Of(database);

        using (Looper process = Start("file", 5, database))
        {
            AssertFails(process, $"safe-restore|{other}", "RestoreFailed");
        }

        Assert.Equal(content, DatabaseContent.Of(database));
        Assert.DoesNotContain(_folder.Files("live"), name => name.Contains("safety", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_the_disk_did_not_take_is_an_error_that_says_what_stands()
    {
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/plain.db"], Earlier);
        File.WriteAllText(_folder["out/new.db-journal"], "of a database that is gone");
        using (Looper process = Start("folder", 5))
        {
            foreach ((string verb, string name) in ((string, string)[])[("backup", "plain.db"), ("force", "manifest.db")])
            {
                string answer = process.Ask($"{verb}|{_folder["out/" + name]}");

                Assert.StartsWith("BackupFailed: ", answer, StringComparison.Ordinal);
                Assert.Matches($"'.*{Regex.Escape(name)}' is complete and has its name, but its folder could not be flushed", answer);
                BackupRun.AssertGood(_folder["out/" + name]);
            }

            string restored = process.Ask($"restore-new|{_folder["out/new.db"]}");

            Assert.StartsWith($"RestoreFailed: '{_folder["out/new.db"]}' was restored, but", restored, StringComparison.Ordinal);
            Assert.DoesNotContain("as it was", restored, StringComparison.Ordinal);
        }

        Assert.Equal(ManifestState.Present, FolderCatalog.Find(_folder["out/manifest.db"])!.ManifestState);
        Assert.False(File.Exists(_folder["out/new.db-journal"]), "SQLite would replay it into what was restored");
        RestoreRun.AssertEqual(_database, _folder["out/new.db"]);
    }

    [Fact]
    public void Nothing_in_the_source_flushes_through_DotNet()
    {
        string source = Path.Combine(BuildPaths.RepositoryRoot, "src");
        Assert.SkipUnless(Directory.Exists(source), "the tests run away from the sources");
        string[] files = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories);

        Assert.Contains(files, file => Path.GetFileName(file) == "FileFlush.cs");
        Assert.Empty(files.SelectMany(file => File.ReadLines(file).Where(line => FlushOfDotNet().IsMatch(line)).Select(line => $"{file}: {line}")));
    }

    private static void AssertFails(Looper process, string round, string failure)
    {
        string answer = process.Ask(round);
        Assert.True(answer.StartsWith(failure + ": ", StringComparison.Ordinal), $"{round}: {answer}");
    }

    // Comments may name them.
    [GeneratedRegex(@"^(?!\s*//).*(FlushToDisk|\bFlush\((flushToDisk: ?)?true\))", RegexOptions.CultureInvariant)]
    private static partial Regex FlushOfDotNet();

    private Looper Start(string what, int error, string? database = null)
    {
        string? library = FailingDisk.TryBuild(_folder.Path, out string? reason);
        Assert.SkipWhen(library is null, $"No library that makes flushes fail can be made here: {reason}");
        return Looper.Start(
            database ?? _database,
            $"export FAILING_FLUSH={what} FAILING_FLUSH_ERRNO={error} LD_PRELOAD='{library}'; exec ",
            "any-rounds");
    }
}
