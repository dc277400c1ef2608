using SqliteBackup.Testing;
using SqliteBackup.Tool.Demo;

namespace SqliteBackup.Tool.Tests;

public sealed class DemoReportTests
{
    [Theory]
    [InlineData(100, 100, 200, "ok", 50, 0, null)]
    [InlineData(100, 200, 200, "ok", 50, 0, null)]
    [InlineData(100, 99, 200, "ok", 50, 0, "99 rows")]
    [InlineData(100, 201, 200, "ok", 50, 0, "201 rows")]
    [InlineData(100, 150, 200, "row 7 missing from index", 50, 0, "row 7 missing from index")]
    [InlineData(100, 100, 100, "ok", 50, 0, "did not write")]
    [InlineData(100, 150, 200, "ok", 0, 0, "did not write")]
    [InlineData(100, 150, 200, "ok", 50, 3, "3 of the writer's commits failed")]
    public void Each_wrong_fact_is_a_broken_promise(
        long before, long copy, long after, string integrity, long commits, long failures, string? said)
    {
        IReadOnlyList<string> broken = Report("copy.db", before, copy, after, integrity, commits, failures).Broken();
        if (said is null)
        {
            Assert.Empty(broken);
        }
        else
        {
            Assert.Contains(said, Assert.Single(broken), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public void So_is_a_file_beside_the_copy(string sidecar)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["copy.db" + sidecar], "");
        Assert.Contains(sidecar, Assert.Single(Report(folder["copy.db"], 1, 1, 2, "ok", 1, 0).Broken()), StringComparison.Ordinal);
    }

    private static DemoReport Report(string path, long before, long copy, long after, string integrity, long commits, long failures) => new(
        new DatabaseFacts(before),
        new DatabaseFacts(copy, integrity),
        new DatabaseFacts(after),
        new BackupFacts(path, Bytes: 4096, TimeSpan.FromSeconds(1), BytesPerSecond: 4096, Restarts: 0),
        new WriterFacts(commits, failures, MedianMilliseconds: 1, LongestMilliseconds: 2),
        Paced: true);
}
