using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SqliteBackup.Tool.CommandLine;
using SqliteBackup.Tool.Hosting;

namespace SqliteBackup.Tool.Demo;

/// <summary>The inside of a <see cref="DemoChild"/>: one task on one database, its answer as a line of JSON.</summary>
internal static class DemoProcess
{
    public const string Create = "create";
    public const string Count = "count";
    public const string Check = "check";
    public const string Write = "write";
    public const int WriteEveryMilliseconds = 10;

    private const int BusyTimeoutMilliseconds = 5000;
    private const int RowBytes = 513;

    public static int Run(IReadOnlyList<string> words, StandardStreams streams)
    {
        ModuleNativeLibrary.UseIn(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly);
        try
        {
            object answer = words switch
            {
                [Create, string database, string megabytes] => CreateDatabase(database, int.Parse(megabytes, CultureInfo.InvariantCulture)),
                [Count, string database] => LookInto(database, check: false),
                [Check, string database] => LookInto(database, check: true),
                [Write, string database] => WriteUntilTold(database, streams),
                _ => throw new UsageException("demo-process is for the demo itself."),
            };
            streams.WriteLine(JsonSerializer.Serialize(answer));
            return 0;
        }
        catch (Exception error) when (error is SqliteException or DllNotFoundException)
        {
            streams.WriteErrorLine(error.Message);
            return 1;
        }
    }

    private static DatabaseFacts CreateDatabase(string database, int megabytes)
    {
        using SqliteConnection connection = CommitLoop.Open(database, BusyTimeoutMilliseconds);
        long rows = megabytes * (1L << 20) / RowBytes;

        // Nobody needs it yet, so it may be made without waiting for the disk.
        CommitLoop.Execute(
            connection,
            $"""
            PRAGMA synchronous = OFF;
            CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, note TEXT NOT NULL);
            INSERT INTO orders (customer, note)
                WITH RECURSIVE number(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < {rows})
                SELECT 'Customer ' || n, hex(randomblob(240)) FROM number;
            PRAGMA journal_mode = WAL;
            """);
        return new DatabaseFacts(Rows(connection));
    }

    private static DatabaseFacts LookInto(string database, bool check)
    {
        using SqliteConnection connection = CommitLoop.Open(database, BusyTimeoutMilliseconds, SqliteOpenMode.ReadOnly);
        return new DatabaseFacts(Rows(connection), check ? Scalar<string>(connection, "PRAGMA integrity_check") : "");
    }

    private static WriterFacts WriteUntilTold(string database, StandardStreams streams)
    {
        using SqliteConnection connection = CommitLoop.Open(database, BusyTimeoutMilliseconds, SqliteOpenMode.ReadWrite);
        CommitLoop.Execute(connection, "PRAGMA synchronous = NORMAL");
        using CancellationTokenSource told = new();

        // The end of its input also tells it that the demo has died.
        Thread listener = new(() =>
        {
            StandardStreams.ReadAllInput();
            told.Cancel();
        }) { IsBackground = true };
        listener.Start();

        CommitLoop loop = new(connection, (open, number) => Insert(open, number, streams), 1000.0 / WriteEveryMilliseconds);
        loop.Run(told.Token);
        listener.Join();
        return new WriterFacts(loop.Commits, loop.Errors, loop.Times.MedianMilliseconds, loop.Times.MaxMilliseconds);
    }

    private static void Insert(SqliteConnection connection, long number, StandardStreams streams)
    {
        CommitLoop.Execute(
            connection, "BEGIN IMMEDIATE; INSERT INTO orders (customer, note) VALUES ('A new customer', hex(randomblob(240))); COMMIT");
        if (number == 0)
        {
            streams.WriteLine("ready");
        }
    }

    private static long Rows(SqliteConnection connection) => Scalar<long>(connection, "SELECT count(*) FROM orders");

    private static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }
}
