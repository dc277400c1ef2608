using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A database of somebody who means harm costs bounded time and memory, and does nothing outside itself.</summary>
public sealed class HostileTests : IDisposable
{
    private const long MostMemory = 600L << 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_schema_of_very_many_tables_is_checked_within_bounds_and_can_be_stopped()
    {
        string path = Create($"PRAGMA page_size=512; BEGIN; {string.Concat(Enumerable.Range(0, FaultScale.Of(100_000)).Select(i => $"CREATE TABLE t{i}(a);"))} COMMIT");
        long before = Process.GetCurrentProcess().WorkingSet64;

        DrillResult result = Run(path);

        Assert.Equal(DrillStatus.Ok, result.Status);
        using Process process = Process.GetCurrentProcess();
        Assert.InRange(process.WorkingSet64 - before, long.MinValue, MostMemory);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => BackupDrill.Run(new DrillRequest { Path = path }, cancel.Token));
    }

    [Theory]
    [InlineData("CREATE TABLE t(a, b AS (length(hex(zeroblob(400000000)))), CHECK(b IS NOT 1)); PRAGMA ignore_check_constraints=ON; INSERT INTO t(a) VALUES(1)")]
    [InlineData("CREATE TABLE t(a, b AS (printf('%*s', 900000000, 'x')), CHECK(b IS NOT 1)); PRAGMA ignore_check_constraints=ON; INSERT INTO t(a) VALUES(1)")]
    [InlineData("CREATE TABLE t(a); CREATE VIEW v AS SELECT load_extension('/tmp/evil'); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT load_extension('/tmp/evil'); END")]
    [InlineData("CREATE TABLE t(a); CREATE INDEX i ON t(hex(zeroblob(400000000 + a)))")]
    public void Functions_in_a_schema_have_no_effect(string schema)
    {
        string path = Create(schema);
        byte[] before = File.ReadAllBytes(path);
        long memory = Process.GetCurrentProcess().WorkingSet64;

        DrillResult result = Run(path, "SELECT 1");

        Assert.Equal(1L, result.Status == DrillStatus.Ok ? result.Answers[0].Value : 1L);
        using Process process = Process.GetCurrentProcess();
        Assert.InRange(process.WorkingSet64 - memory, long.MinValue, MostMemory);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_view_that_never_ends_is_stopped()
    {
        string path = Create("CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        Assert.ThrowsAny<OperationCanceledException>(
            () => BackupDrill.Run(new DrillRequest { Path = path, Queries = ["SELECT * FROM v"] }, cancel.Token));
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

        DrillResult result = Run(path);

        Assert.Equal(DrillStatus.Corrupt, result.Status);
    }

    private string Create(string sql)
    {
        string path = _folder["hostile.db"];
        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, "PRAGMA synchronous=OFF");
        SampleDatabase.Execute(connection, sql);
        return path;
    }

    private static DrillResult Run(string path, params string[] queries) =>
        BackupDrill.Run(new DrillRequest { Path = path, Queries = queries }, TestContext.Current.CancellationToken);
}
