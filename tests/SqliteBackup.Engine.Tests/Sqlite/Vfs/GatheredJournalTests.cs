using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sqlite.Vfs;

namespace SqliteBackup.Engine.Tests.Sqlite.Vfs;

/// <summary>A rollback journal whose writes are gathered takes back what any other does.</summary>
public sealed class GatheredJournalTests : IDisposable
{
    private const int Parts = 4;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(512, "DELETE")]
    [InlineData(1024, "PERSIST")]
    [InlineData(4096, "DELETE")]
    [InlineData(4096, "TRUNCATE")]
    [InlineData(16384, "DELETE")]
    [InlineData(65536, "PERSIST")]
    public void Another_SQLite_takes_back_what_a_killed_process_leaves(int pageSize, string journalMode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "what is locked can't be copied there");
        Assert.SkipWhen(Judge.Missing is not null, Judge.Missing ?? "");
        string database = new SampleDatabase { PageSize = pageSize, Megabytes = 4 }.Create(_folder["app.db"]);
        string[] before = DatabaseContent.Of(database);
        byte[] bytes = File.ReadAllBytes(database);
        using SqliteConnection connection = SampleDatabase.Open($"{new Uri(database).AbsoluteUri}?vfs={ForwardingVfs.JournalName}");

        // So small a cache that the journal is flushed again and again, each time with a new header.
        SampleDatabase.Execute(connection, $"PRAGMA journal_mode={journalMode}; PRAGMA cache_size=5; BEGIN; UPDATE account SET balance = 7");
        for (int part = 0; part < Parts; part++)
        {
            SampleDatabase.Execute(
                connection,
                $"SAVEPOINT s; UPDATE filler SET data = randomblob(2 * length(data)) WHERE rowid % {Parts} = {part}; {(part % 2 == 0 ? "ROLLBACK TO s; " : "")}RELEASE s");
            string left = CopyAside(database, part);

            Assert.False(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(left)), "nothing was there to take back");
            Assert.Equal("ok", Judge.IntegrityCheck(left));
            Assert.Equal(before, DatabaseContent.Of(left));
        }

        SampleDatabase.Execute(connection, "ROLLBACK");
        Assert.Equal(before, DatabaseContent.Of(connection));
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(database)));
    }

    // What a killed process leaves is what the system was given by then. Another process copies it, as closing a file here would give up SQLite's locks.
    private string CopyAside(string database, int part)
    {
        string copy = _folder[$"left{part}.db"];
        foreach (string suffix in (string[])["", "-journal"])
        {
            using var process = Process.Start("cp", [database + suffix, copy + suffix]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        return copy;
    }
}
