using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Verify;

public sealed class BackupTestTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public void A_file_of_any_tool_is_tested_and_its_folder_left_as_it_was(string journalMode)
    {
        string path = new SampleDatabase { JournalMode = journalMode }.Create(_folder["other.db"]);
        string[] before = FolderSnapshot.Take(_folder.Path);

        BackupTestResult result = Run(new BackupTestRequest { Path = path, CheckForeignKeys = true });

        Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.NoneRecorded, ForeignKeyStatus.Ok), (result.Status, result.Checksum, result.ForeignKeys));
        Assert.Equal(new FileInfo(path).Length, result.Bytes);
        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    [Theory]
    [InlineData("crash-wal")]
    [InlineData("crash-journal")]
    public void What_a_crash_left_beside_a_file_is_read_and_stays(string mode)
    {
        string path = new SampleDatabase { JournalMode = mode == "crash-wal" ? "wal" : "delete", Megabytes = 1 }.Create(_folder["other.db"]);
        WriterProcess.Crash(path, mode);
        string[] before = FolderSnapshot.Take(_folder.Path);

        Assert.Equal(BackupTestStatus.Ok, Run(new BackupTestRequest { Path = path }).Status);

        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    [Theory]
    [InlineData(BackupCompression.None)]
    [InlineData(BackupCompression.Gzip)]
    [InlineData(BackupCompression.Zstd)]
    public void A_changed_byte_is_a_checksum_that_differs(BackupCompression compression)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        string copy = _folder["out/copy.db"];
        DatabaseBackup.Run(
            new BackupRequest { Database = database, Destination = copy, Compression = compression, WriteManifest = true }, null, TestContext.Current.CancellationToken);
        BackupTestResult good = Run(new BackupTestRequest { Path = copy });
        Assert.Equal((BackupTestStatus.Ok, ChecksumStatus.Matches, compression), (good.Status, good.Checksum, good.Compression));

        byte[] bytes = File.ReadAllBytes(copy);
        bytes[^700] ^= 1;
        File.WriteAllBytes(copy, bytes);

        BackupTestResult bad = Run(new BackupTestRequest { Path = copy });
        Assert.Equal((BackupTestStatus.Corrupt, ChecksumStatus.Differs), (bad.Status, bad.Checksum));
        Assert.Contains("ChecksumMismatch", bad.Findings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM entry")]
    [InlineData("ATTACH 'other.db' AS o")]
    [InlineData("PRAGMA journal_mode=WAL")]
    [InlineData("SELECT load_extension('x')")]
    [InlineData("SELECT 1; DROP TABLE entry")]
    [InlineData("VACUUM INTO 'stolen.db'")]
    public void SQL_that_does_more_than_read_is_refused(string sql)
    {
        string path = new SampleDatabase().Create(_folder["other.db"]);
        string[] before = FolderSnapshot.Take(_folder.Path);

        BackupTestResult result = Run(new BackupTestRequest { Path = path, Queries = [sql, "SELECT count(*), 'x', x'00', NULL, 1.5 FROM entry"] });

        Assert.Equal((BackupTestStatus.Ok, true, false), (result.Status, result.Answers[0].IsInvalid, result.Answers[1].IsInvalid));
        Assert.NotNull(result.Answers[0].Error);
        Assert.Equal([10L, "x", new byte[] { 0 }, null, 1.5], result.Answers[1].Rows[0]);
        Assert.Equal(before, FolderSnapshot.Take(_folder.Path));
    }

    [Theory]
    [InlineData("SELEC 1")]
    [InlineData("SELECT nothing FROM entry")]
    [InlineData("SELECT * FROM absent")]
    [InlineData("SELECT json('{')")]
    [InlineData("SELECT 1 +")]
    [InlineData("-- nothing")]
    public void A_mistake_in_a_query_says_nothing_of_the_backup(string sql)
    {
        string path = new SampleDatabase().Create(_folder["other.db"]);

        BackupTestResult result = Run(new BackupTestRequest { Path = path, Queries = [sql] });

        Assert.Equal(BackupTestStatus.Ok, result.Status);
        Assert.Empty(result.Findings);
        Assert.True(Assert.Single(result.Answers) is { IsInvalid: true, Error.Length: > 0 });
    }

    [Fact]
    public void A_query_that_meets_damage_which_nobody_looked_for_is_a_finding()
    {
        string path = new SampleDatabase().Create(_folder["other.db"]);
        int root = (int)SampleDatabase.Scalar<long>(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'entry'");
        int pageSize = (int)SampleDatabase.Scalar<long>(path, "PRAGMA page_size");
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan((root - 1) * pageSize, pageSize).Fill(0xFF);
        File.WriteAllBytes(path, bytes);

        BackupTestResult result = Run(new BackupTestRequest { Path = path, Level = VerifyLevel.None, Queries = ["SELECT * FROM entry"] });

        Assert.Equal(BackupTestStatus.Corrupt, result.Status);
        Assert.Contains("query", Assert.Single(result.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_names_what_differs_and_only_that()
    {
        const string Pair = "CREATE TABLE pair(a TEXT COLLATE NOCASE, b, PRIMARY KEY(a, b)) WITHOUT ROWID";
        const string Tables =
            $"""
            CREATE TABLE same(x); INSERT INTO same VALUES(1.5), (NULL), (x'00ff'), ('a' || char(0) || 'b');
            {Pair}; INSERT INTO pair VALUES('x', 1), ('y', 2);
            CREATE TABLE less(x); INSERT INTO less VALUES(1), (2);
            CREATE TABLE kind(x); INSERT INTO kind VALUES(1);
            CREATE TABLE "odd ""name'"(rowid, "a""b", c AS (rowid + 1)); INSERT INTO "odd ""name'" VALUES(1, 2);
            CREATE TABLE gone(x); INSERT INTO gone VALUES(1), (2), (3); CREATE TABLE more(x); INSERT INTO more VALUES(1); CREATE INDEX other ON less(x);
            """;
        string live = _folder["live/app.db"];
        string copy = _folder["copy.db"];
        Directory.CreateDirectory(_folder["live"]);
        using (SqliteConnection connection = SampleDatabase.Open(live))
        {
            SampleDatabase.Execute(connection, Tables);
        }

        BackupRun.Run(live, copy);
        Assert.Equal([], Compare(copy, live));
        using (SqliteConnection connection = SampleDatabase.Open(live))
        {
            SampleDatabase.Execute(
                connection,
                "UPDATE pair SET b = 3 WHERE a = 'y'; DELETE FROM less WHERE x = 1; UPDATE kind SET x = 1.0; DROP TABLE gone; ALTER TABLE more ADD COLUMN y; INSERT INTO more VALUES(2, 2); CREATE TABLE new(x); DROP INDEX other; CREATE INDEX other ON less(x) WHERE x > 0; CREATE VIEW fresh AS SELECT 1; UPDATE same SET x = 1.5 WHERE x = 1.5");
        }

        string[] before = FolderSnapshot.Take(_folder["live"]);
        Assert.Equal(
            [
                ("other", "index", DifferenceKind.Schema, null, null, "CREATE INDEX other ON less(x)", "CREATE INDEX other ON less(x) WHERE x > 0"),
                ("gone", "table", DifferenceKind.OnlyInBackup, 3, null, "CREATE TABLE gone(x)", null),
                ("kind", "table", DifferenceKind.Content, 1, 1, "CREATE TABLE kind(x)", "CREATE TABLE kind(x)"),
                ("less", "table", DifferenceKind.Content, 2, 1, "CREATE TABLE less(x)", "CREATE TABLE less(x)"),
                ("more", "table", DifferenceKind.Schema, 1, 2, "CREATE TABLE more(x)", "CREATE TABLE more(x, y)"),
                ("new", "table", DifferenceKind.OnlyInDatabase, null, 0, null, "CREATE TABLE new(x)"),
                ("pair", "table", DifferenceKind.Content, 2, 2, Pair, Pair),
                ("fresh", "view", DifferenceKind.OnlyInDatabase, null, null, null, "CREATE VIEW fresh AS SELECT 1"),
            ],
            Compare(copy, live)!.Select(found => (
                found.Name, found.Type, found.Kind, found.RowsInBackup, found.RowsInDatabase, found.SqlInBackup, found.SqlInDatabase)));
        Assert.Equal(before, FolderSnapshot.Take(_folder["live"]));
    }

    [Fact]
    public void A_missing_backup_is_an_error_and_one_that_is_no_database_a_result()
    {
        File.WriteAllText(_folder["text.db"], new string('x', 5000));

        BackupRun.Fails(BackupFailure.FileNotFound, () => Run(new BackupTestRequest { Path = _folder["none.db"] }));
        Assert.Equal(BackupTestStatus.Corrupt, Run(new BackupTestRequest { Path = _folder["text.db"] }).Status);
    }

    [Fact]
    public void Rows_that_refer_to_missing_ones_are_found_and_a_failed_copy_is_kept_on_request()
    {
        string path = _folder["app.db"];
        using (SqliteConnection connection = SampleDatabase.Open(path))
        {
            SampleDatabase.Execute(
                connection, "PRAGMA foreign_keys=OFF; CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id)); INSERT INTO c VALUES(7)");
        }

        BackupTestResult result = Run(new BackupTestRequest { Path = path, CheckForeignKeys = true });
        Assert.Equal((BackupTestStatus.Corrupt, ForeignKeyStatus.Violated), (result.Status, result.ForeignKeys));
        File.WriteAllText(_folder["copy.db"], "the old backup");
        var request = new BackupRequest { Database = path, Destination = _folder["copy.db"], CheckForeignKeys = true, Overwrite = true };
        BackupRun.Fails(BackupFailure.IntegrityCheckFailed, () => DatabaseBackup.Run(request, null, TestContext.Current.CancellationToken));
        Assert.Equal(["app.db", "copy.db"], _folder.Files());

        SqliteBackupException exception = BackupRun.Fails(
            BackupFailure.IntegrityCheckFailed, () => DatabaseBackup.Run(request with { KeepFailed = true }, null, TestContext.Current.CancellationToken));

        string kept = Assert.Single(_folder.Files(), name => name.Contains(".failed-", StringComparison.Ordinal));
        Assert.Contains(kept, exception.Message, StringComparison.Ordinal);
        Assert.Equal("the old backup", File.ReadAllText(_folder["copy.db"]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[kept]));
        }
    }

    private static BackupTestResult Run(BackupTestRequest request) => BackupTest.Run(request, TestContext.Current.CancellationToken);

    private static IReadOnlyList<TableDifference>? Compare(string copy, string live) => Run(new BackupTestRequest { Path = copy, Against = live }).Differences;
}
