using Microsoft.Data.Sqlite;
using SqliteBackup.Sqlite.Vfs;

namespace SqliteBackup.Engine.Tests.Sqlite.Vfs;

/// <summary>Through the streaming VFS a database is what it is through the platform's own.</summary>
public sealed class ForwardingVfsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(512, "OFF", 1)]
    [InlineData(1024, "DELETE", 2)]
    [InlineData(4096, "OFF", 3)]
    [InlineData(4096, "TRUNCATE", 4)]
    [InlineData(16384, "MEMORY", 5)]
    [InlineData(65536, "OFF", 6)]
    [InlineData(4096, "OFF", 7, 60)]
    [InlineData(65536, "DELETE", 8, 4)]
    public void Whatever_is_written_in_whatever_order_is_read_back(int pageSize, string journalMode, int seed, int pagesInValue = 4)
    {
        string gathered = Scribble("gathered.db", $"?vfs={ForwardingVfs.Name}", pageSize, journalMode, seed, pagesInValue);
        string plain = Scribble("plain.db", "", pageSize, journalMode, seed, pagesInValue);

        Assert.Equal("ok", SampleDatabase.Scalar<string>(gathered, "PRAGMA integrity_check"));
        Assert.Equal(File.ReadAllBytes(plain), File.ReadAllBytes(gathered));
        if (Judge.Missing is null)
        {
            Assert.Equal("ok", Judge.IntegrityCheck(gathered));
        }
    }

    [Theory]
    [InlineData(512, "DELETE", 11)]
    [InlineData(1024, "PERSIST", 12)]
    [InlineData(4096, "DELETE", 13)]
    [InlineData(4096, "TRUNCATE", 14, 60)]
    [InlineData(16384, "PERSIST", 15)]
    [InlineData(65536, "DELETE", 16)]
    [InlineData(4096, "WAL", 17)]
    public void A_database_whose_journal_is_gathered_is_what_it_would_be(int pageSize, string journalMode, int seed, int pagesInValue = 4)
    {
        string gathered = Scribble("gathered.db", $"?vfs={ForwardingVfs.JournalName}", pageSize, journalMode, seed, pagesInValue);
        string plain = Scribble("plain.db", "", pageSize, journalMode, seed, pagesInValue);

        Assert.Equal("ok", SampleDatabase.Scalar<string>(gathered, "PRAGMA integrity_check"));
        Assert.Equal(File.ReadAllBytes(plain), File.ReadAllBytes(gathered));
    }

    [Fact]
    public void What_is_gathered_is_on_the_disk_when_the_commit_returns()
    {
        using SqliteConnection connection = Open("gathered.db", $"?vfs={ForwardingVfs.Name}");
        SampleDatabase.Execute(connection, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE t(x); INSERT INTO t VALUES(zeroblob(100000))");

        long pages = SampleDatabase.Scalar<long>(connection, "PRAGMA page_count");

        Assert.Equal(pages * 4096, new FileInfo(_folder["gathered.db"]).Length);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_not_made_by_a_reader()
    {
        SqliteException error = Assert.Throws<SqliteException>(() => Open("missing.db", $"?vfs={ForwardingVfs.Name}&mode=ro"));

        Assert.Equal(SQLitePCL.raw.SQLITE_CANTOPEN, error.SqliteErrorCode);
        Assert.Empty(_folder.Files());
    }

    // The same statements through either VFS; a small cache makes the pager write in the middle of transactions.
    private string Scribble(string name, string query, int pageSize, string journalMode, int seed, int pagesInValue)
    {
        var random = new Random(seed);
        using SqliteConnection connection = Open(name, query);
        SampleDatabase.Execute(
            connection,
            $"PRAGMA page_size={pageSize}; PRAGMA journal_mode={journalMode}; PRAGMA synchronous=OFF; PRAGMA cache_size=10; CREATE TABLE t(id INTEGER PRIMARY KEY, x BLOB); CREATE INDEX i ON t(x)");
        for (int transaction = 0; transaction < 25; transaction++)
        {
            SampleDatabase.Execute(connection, "BEGIN");
            for (int statement = 0; statement < 12; statement++)
            {
                // Also what is taken back in the middle of a transaction is read from the journal.
                bool isTakenBack = journalMode != "OFF" && random.Next(6) == 0;
                int id = random.Next(200);
                SampleDatabase.Execute(connection, "SAVEPOINT s");
                SampleDatabase.Execute(
                    connection,
                    random.Next(5) switch
                    {
                        0 => $"DELETE FROM t WHERE id = {id}",
                        1 => $"UPDATE t SET x = zeroblob({random.Next(3 * pageSize)}) WHERE id % 7 = {random.Next(7)}",
                        _ => $"INSERT OR REPLACE INTO t VALUES({id}, printf('%.*c', {random.Next(pagesInValue * pageSize)}, '{(char)('a' + random.Next(26))}'))",
                    });
                SampleDatabase.Execute(connection, isTakenBack ? "ROLLBACK TO s; RELEASE s" : "RELEASE s");
            }

            // Without a journal a rollback leaves nothing that could be compared.
            SampleDatabase.Execute(connection, journalMode != "OFF" && random.Next(4) == 0 ? "ROLLBACK" : "COMMIT");
            if (transaction % 10 == 9)
            {
                SampleDatabase.Execute(connection, "VACUUM");
            }
        }

        return _folder[name];
    }

    private SqliteConnection Open(string name, string query) =>
        SampleDatabase.Open(new Uri(_folder[name]).AbsoluteUri + query);
}
