using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks;

/// <summary>
/// A table of events that changes as one in use does. Between two generations 1 % of the rows are updated and 1 % inserted; by the pattern, 8, 19
/// or 27 % of the pages change. A message and a payload of random bytes make it as compressible as a database of an application: restic's
/// blobs of a megabyte take 56 % of it, extents of 16 KiB two thirds.
/// </summary>
internal sealed class ChangingDatabase(string path, string pattern, double scale)
{
    // 427 MB at a scale of 1.
    private const int Rows = 1_460_000;
    private const int RowsWithoutRandomIndexes = 1_720_000;

    // What is left of it are words of no language: the log of a program has as many kinds of lines.
    private const int Messages = 300;
    private const string MessageStart = "level=info ";
    private const int MessageLength = 80;
    private const int Words = 3000;
    private const int PayloadLength = 112;

    private const string Anywhere = "abs(random()) % 100 = 0";

    // 18 % of the newest 5 % are nine tenths of a hundredth of all.
    private const string MostlyNew = "(id > (SELECT max(id) * 0.95 FROM event) AND abs(random()) % 100 < 18) OR abs(random()) % 1000 = 0";

    private readonly long _rows = (long)((pattern == "append" ? RowsWithoutRandomIndexes : Rows) * scale);

    /// <summary>How a pattern changes it, in words.</summary>
    public static string Explain(string pattern) => pattern switch
    {
        "uniform" => "updates anywhere, two indexes of random numbers",
        "hot" => "90 % of the updates in the newest 5 % of the rows, two indexes of random numbers",
        "vacuumed" => "90 % of the updates in the newest 5 % of the rows, two indexes of random numbers, and a VACUUM after that",
        _ => "90 % of the updates in the newest 5 % of the rows, an index by time only",
    };

    /// <summary>Makes it. The indexes are made last, as after a migration: their pages lie together.</summary>
    public void Create()
    {
        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, "PRAGMA page_size=4096; PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF");
        SampleDatabase.Execute(
            connection,
            "BEGIN; CREATE TABLE message(id INTEGER PRIMARY KEY, text TEXT); "
            + "CREATE TABLE event(id INTEGER PRIMARY KEY, at INTEGER, user INTEGER, session INTEGER, message TEXT, payload BLOB)");
        foreach (string message in MakeMessages())
        {
            SampleDatabase.Execute(connection, $"INSERT INTO message(text) VALUES('{message}')");
        }

        Insert(connection, _rows);
        SampleDatabase.Execute(connection, "CREATE INDEX by_at ON event(at)");
        if (pattern != "append")
        {
            SampleDatabase.Execute(connection, "CREATE INDEX by_user ON event(user); CREATE INDEX by_session ON event(session)");
        }

        SampleDatabase.Execute(connection, "COMMIT");
    }

    /// <summary>Makes the next generation of it.</summary>
    public void Change()
    {
        using SqliteConnection connection = SampleDatabase.Open(path);
        string where = pattern == "uniform" ? Anywhere : MostlyNew;
        SampleDatabase.Execute(connection, "PRAGMA synchronous=OFF; BEGIN");
        SampleDatabase.Execute(connection, $"UPDATE event SET message = {MessageFor("id")}, payload = randomblob({PayloadLength}) WHERE {where}");
        Insert(connection, Math.Max(1, _rows / 100));
        SampleDatabase.Execute(connection, pattern == "vacuumed" ? "COMMIT; VACUUM" : "COMMIT");
    }

    // The time of an event is its number, and so always the newest.
    private static void Insert(SqliteConnection connection, long rows) => SampleDatabase.Execute(
        connection,
        "INSERT INTO event(id, at, user, session, message, payload) "
        + "WITH RECURSIVE last(id) AS MATERIALIZED (SELECT coalesce(max(id), 0) FROM event), "
        + string.Create(CultureInfo.InvariantCulture, $"n(i) AS (SELECT id + 1 FROM last UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT id FROM last) + {rows}) ")
        + $"SELECT i, 1700000000 + i, random(), random(), {MessageFor("i")}, randomblob({PayloadLength}) FROM n");

    // Names a column of the row: SQLite would otherwise look up one message for all of them.
    private static string MessageFor(string column) =>
        string.Create(CultureInfo.InvariantCulture, $"(SELECT text FROM message WHERE id = 1 + abs(random() + 0 * {column}) % {Messages})");

    // The same in every run.
    private static IEnumerable<string> MakeMessages()
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, Words).Select(_ => new string(random.GetItems<char>("abcdefghijklmnopqrstuvwxyz", random.Next(3, 10))))];
        for (int i = 0; i < Messages; i++)
        {
            var message = new StringBuilder(MessageStart);
            while (message.Length < MessageLength)
            {
                message.Append(words[random.Next(words.Length)]).Append(' ');
            }

            yield return message.ToString(0, MessageLength);
        }
    }
}
