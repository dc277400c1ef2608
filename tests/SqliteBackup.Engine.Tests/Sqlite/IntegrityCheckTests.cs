using Microsoft.Data.Sqlite;
using SqliteBackup.Sqlite;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Sqlite;

/// <summary>What a check can't see is said by name, and is neither damage nor a reason to have no backup.</summary>
public sealed class IntegrityCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("content=\"\"", VerifyLevel.Quick)]
    [InlineData("content=''", VerifyLevel.Full)]
    [InlineData("content=", VerifyLevel.Full)]
    [InlineData("content=``, order=desc", VerifyLevel.Full)]
    public void A_contentless_FTS4_table_is_left_out_by_name(string option, VerifyLevel level)
    {
        string database = Make($"CREATE VIRTUAL TABLE f USING fts4(a, {option}); INSERT INTO f(docid, a) VALUES(1, 'one two'); CREATE TABLE t(a); INSERT INTO t VALUES(1);");
        var observer = new RecordingObserver();

        BackupRun.Run(database, _folder["copy.db"], observer: observer, verify: level);

        Assert.Contains("'f'", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        Assert.Equal(1L, SampleDatabase.Scalar<long>(_folder["copy.db"], "SELECT count(*) FROM f WHERE f MATCH 'two'"));
        BackupTestResult tested = BackupTest.Run(new BackupTestRequest { Path = _folder["copy.db"], Level = level }, TestContext.Current.CancellationToken);
        Assert.Equal(BackupTestStatus.Ok, tested.Status);
        Assert.Contains("'f'", Assert.Single(tested.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_found_behind_many_contentless_tables()
    {
        string database = Make(
            string.Concat(Enumerable.Range(0, 20).Select(i => $"CREATE VIRTUAL TABLE f{i} USING fts4(a, content=''); INSERT INTO f{i}(docid, a) VALUES(1, 'one');"))
            + "CREATE VIRTUAL TABLE g USING fts4(a); INSERT INTO g VALUES('one'); UPDATE g_content SET c0a = 'two'; CREATE TABLE t(a NOT NULL); INSERT INTO t VALUES(1); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE TABLE t(a NOT NULL CHECK(a > 1))' WHERE name='t';");

        string message = BackupRun.Fails(BackupFailure.IntegrityCheckFailed, () => BackupRun.Run(database, _folder["copy.db"], verify: VerifyLevel.Full)).Message;

        Assert.Contains("FTS4 table main.g", message, StringComparison.Ordinal);
        Assert.Contains("CHECK constraint failed in t", message, StringComparison.Ordinal);
        Assert.DoesNotContain("main.f1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_FTS4_table_with_its_text_is_checked()
    {
        string database = Make("CREATE VIRTUAL TABLE f USING fts4(a); INSERT INTO f VALUES('one'); DELETE FROM f_segdir;");

        BackupRun.Fails(BackupFailure.IntegrityCheckFailed, () => BackupRun.Run(database, _folder["copy.db"]));
    }

    [Fact]
    public void A_computed_index_that_another_SQLite_made_is_explained()
    {
        string database = _folder["in/a.db"];
        Directory.CreateDirectory(Path.GetDirectoryName(database)!);
        Assert.SkipWhen(Judge.Missing is not null, $"{Judge.Missing} (package sqlite3)");
        Judge.Query(database, "CREATE TABLE t(x REAL, g TEXT AS (x))");
        Judge.Query(database, "INSERT INTO t VALUES(0.1 + 0.2)");
        Judge.Query(database, "CREATE INDEX i ON t(CAST(x AS TEXT))");
        Judge.Query(database, "CREATE INDEX j ON t(g)");
        Assert.Equal("ok", Judge.IntegrityCheck(database));
        const string Text = "SELECT CAST(x AS TEXT) FROM t NOT INDEXED";
        Assert.SkipWhen(
            Judge.Query(database, Text) == SampleDatabase.Scalar<string>(database, Text), "the judge's SQLite makes the same text of a real as ours");

        BackupTestResult tested = BackupTest.Run(new BackupTestRequest { Path = database }, TestContext.Current.CancellationToken);

        string explained = Assert.Single(tested.Findings, finding => finding.Contains("REINDEX", StringComparison.Ordinal));
        Assert.Contains("'i'", explained, StringComparison.Ordinal);
        Assert.Contains("'j'", explained, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_to_an_ordinary_index_is_not_explained_away()
    {
        string database = Make("CREATE TABLE t(a); CREATE INDEX i ON t(a); INSERT INTO t VALUES(1);");
        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            // An index without its row: rows that are added while the schema hides it.
            SampleDatabase.Execute(connection, "PRAGMA writable_schema=ON; CREATE TABLE hidden(sql); INSERT INTO hidden SELECT rootpage FROM sqlite_schema WHERE name='i'; DELETE FROM sqlite_schema WHERE name='i'; PRAGMA writable_schema=RESET;");
        }

        using (SqliteConnection connection = SampleDatabase.Open(database))
        {
            SampleDatabase.Execute(connection, "INSERT INTO t VALUES(2); PRAGMA writable_schema=ON; INSERT INTO sqlite_schema SELECT 'index','i','t',sql,'CREATE INDEX i ON t(a)' FROM hidden; DROP TABLE hidden;");
        }

        IntegrityResult answer = IntegrityCheck.Run(database, isPrivate: false, VerifyLevel.Full, TestContext.Current.CancellationToken);

        Assert.Equal(IntegrityStatus.Corrupt, answer.Status);
        Assert.Contains(answer.Findings, finding => finding.Contains("missing from index i", StringComparison.Ordinal));
        Assert.DoesNotContain(answer.Findings, finding => finding.Contains("REINDEX", StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_of_a_copy_that_would_compute_for_minutes_ends_with_the_time()
    {
        string database = Make(
            "PRAGMA ignore_check_constraints=ON; CREATE TABLE t(a CHECK(length(replace(hex(zeroblob(200000)), '00', 'a')) > 0)); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT i FROM n");

        BackupRun.Fails(BackupFailure.BackupTimedOut, () => BackupRun.Run(database, _folder["copy.db"], new CopyOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal(["in"], _folder.Files());
    }

    private string Make(string sql)
    {
        Directory.CreateDirectory(_folder["in"]);
        using SqliteConnection connection = SampleDatabase.Open(_folder["in/a.db"]);
        SampleDatabase.Execute(connection, sql);
        return _folder["in/a.db"];
    }
}
