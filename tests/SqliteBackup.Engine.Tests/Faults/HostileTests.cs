using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A database of somebody who means harm costs bounded time and memory, and does nothing outside itself.</summary>
public sealed class HostileTests : IDisposable
{
    // Over what the same process takes for a harmless database. The schema of 100,000 tables itself is some of it.
    private const long MaxMemory = 300L << 20;

    // Far more than any of this takes on a slow machine; what hangs never ends.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_schema_of_very_many_tables_is_checked_within_bounds()
    {
        BackupTestReport report = RunBounded(CreateVeryManyTables(TestScale.Count(100_000)));

        Assert.Equal("Ok", report.Status);
    }

    [Fact]
    public void A_check_is_stopped_while_it_parses_a_schema_of_very_many_tables()
    {
        string path = CreateVeryManyTables(30_000);
        using var cancel = new CancellationTokenSource();
        Task test = Task.Run(() => BackupTest.Run(new BackupTestRequest { Path = path }, cancel.Token), TestContext.Current.CancellationToken);

        cancel.CancelAfter(TimeSpan.FromMilliseconds(20));

        Assert.Throws<OperationCanceledException>(test.GetAwaiter().GetResult);
    }

    [Theory]
    [InlineData("CREATE TABLE t(a, b AS (length(hex(zeroblob(400000000)))), CHECK(b IS NOT 1)); PRAGMA ignore_check_constraints=ON; INSERT INTO t(a) VALUES(1)", "Unchecked")]
    [InlineData("CREATE TABLE t(a, b AS (printf('%*s', 900000000, 'x')), CHECK(b IS NOT 1)); PRAGMA ignore_check_constraints=ON; INSERT INTO t(a) VALUES(1)", "Unchecked")]
    [InlineData("CREATE TABLE t(a); CREATE INDEX i ON t(hex(zeroblob(400000000 + a))); INSERT INTO t VALUES(NULL)", "Ok")]
    [InlineData("CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT load_extension('/nowhere'); END; CREATE VIEW v AS SELECT load_extension('/nowhere')", "Ok")]
    public void Expressions_in_a_schema_cost_bounded_time_and_memory_and_change_nothing(string schema, string status)
    {
        string path = Create(schema);
        byte[] before = File.ReadAllBytes(path);

        BackupTestReport report = RunBounded(path);

        Assert.Equal(status, report.Status);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("SELECT load_extension('/nowhere')")]
    [InlineData("SELECT writefile('pwned', 'x')")]
    [InlineData("SELECT edit('x')")]
    public void What_a_view_calls_is_refused(string body)
    {
        string path = Create($"CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE VIEW v AS {body}");

        BackupTestResult result = Run(path, "SELECT count(*) FROM t", "SELECT * FROM v");

        Assert.Equal(1L, result.Answers[0].Value);
        Assert.Empty(result.Answers[1].Rows);
        Assert.Matches("no such function|not authorized|unsafe use|Refused", result.Answers[1].Error);
        Assert.False(File.Exists("pwned"));
    }

    [Fact]
    public void A_view_that_never_ends_is_stopped()
    {
        string path = Create("CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        Assert.ThrowsAny<OperationCanceledException>(
            () => BackupTest.Run(new BackupTestRequest { Path = path, Queries = ["SELECT * FROM v"] }, cancel.Token));
    }

    [Theory]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(1u)]
    public void An_absurd_page_count_in_the_header_is_found(uint pages)
    {
        string path = new SampleDatabase().Create(_folder["h.db"]);
        byte[] bytes = File.ReadAllBytes(path);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(28), pages);
        File.WriteAllBytes(path, bytes);

        BackupTestResult result = Run(path);

        Assert.Equal(BackupTestStatus.Corrupt, result.Status);
    }

    [Theory]
    [InlineData("delete", VerifyLevel.Full)]
    [InlineData("delete", VerifyLevel.Quick)]
    [InlineData("wal", VerifyLevel.Full)]
    public void A_row_that_breaks_a_check_constraint_is_found_as_sqlite_itself_finds_it(string journalMode, VerifyLevel level)
    {
        // SQLite forgets CHECK constraints on a connection that can't write.
        string path = Create(
            $"PRAGMA journal_mode={journalMode}; CREATE TABLE t(a CHECK(a > 5)); PRAGMA ignore_check_constraints=ON; INSERT INTO t VALUES(1)");

        BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = path, Level = level }, TestContext.Current.CancellationToken);
        SqliteBackupException error = Assert.Throws<SqliteBackupException>(
            () => DatabaseBackup.Run(new BackupRequest { Database = path, Destination = _folder["copy.db"], Verify = level }, null, TestContext.Current.CancellationToken));

        Assert.Equal(BackupTestStatus.Corrupt, result.Status);
        Assert.Contains("CHECK", Assert.Single(result.Findings), StringComparison.Ordinal);
        Assert.Equal(BackupFailure.IntegrityCheckFailed, error.Failure);
        Assert.Equal(["hostile.db"], _folder.Files());
    }

    // CREATE TABLE looks through the whole schema each time: as many would take minutes. So the schema is written, and then the tables' pages.
    private string CreateVeryManyTables(int count)
    {
        const int Page = 512;
        string path = Create(
            $"PRAGMA page_size={Page}; PRAGMA writable_schema=ON; CREATE TABLE t0(a);"
            + $"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) INSERT INTO sqlite_schema SELECT 'table', 't' || i, 't' || i, 1000000, 'CREATE TABLE t' || i || '(a)' FROM n");
        long pages = new FileInfo(path).Length / Page;
        using (SqliteConnection connection = SampleDatabase.Open(path))
        {
            SampleDatabase.Execute(connection, $"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage = {pages} + rowid - 1 WHERE rowid > 1");
        }

        using FileStream file = File.OpenWrite(path);
        file.Position = file.Length;
        byte[] emptyLeaf = new byte[Page];
        emptyLeaf[0] = 0x0D;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(emptyLeaf.AsSpan(5), Page);
        for (int i = 0; i < count; i++)
        {
            file.Write(emptyLeaf);
        }

        byte[] pageCount = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(pageCount, (uint)(pages + count));
        file.Position = 28;
        file.Write(pageCount);
        return path;
    }

    private BackupTestReport RunBounded(string path)
    {
        BackupTestReport harmless = WriterProcess.TestBackup(new SampleDatabase().Create(_folder["harmless.db"]), Bound);
        Assert.Equal("Ok", harmless.Status);
        BackupTestReport report = WriterProcess.TestBackup(path, Bound);
        Assert.InRange(report.PeakBytes - harmless.PeakBytes, long.MinValue, MaxMemory);
        return report;
    }

    private string Create(string sql)
    {
        string path = _folder["hostile.db"];
        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, "PRAGMA synchronous=OFF");
        SampleDatabase.Execute(connection, sql);
        return path;
    }

    private static BackupTestResult Run(string path, params string[] queries) =>
        BackupTest.Run(new BackupTestRequest { Path = path, Queries = queries }, TestContext.Current.CancellationToken);
}
