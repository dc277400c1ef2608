using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing.Writer;

/// <summary>What a writer commits. Each commit keeps the ledger's invariant.</summary>
internal static class Workloads
{
    private const int Fillers = 2000;

    public static Action<SqliteConnection, long> Prepare(string mode, SqliteConnection connection, string database)
    {
        switch (mode)
        {
            case "insert":
                return Move;
            // As applications in WAL mode are set up: a commit does not wait for the disk.
            case "app":
                CommitLoop.Execute(connection, "PRAGMA synchronous=NORMAL");
                return Move;
            case "read":
                return Read;
            case "checkpoint":
                return (writer, number) =>
                {
                    Move(writer, number);
                    CommitLoop.Execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
                };
            case "vacuum":
                return (writer, number) => OneIn(20, writer, number, "VACUUM");
            case "schema":
                return (writer, number) => OneIn(
                    3, writer, number, $"BEGIN IMMEDIATE; CREATE TABLE extra{number}(a, b); CREATE INDEX extra{number}_b ON extra{number}(b); {(number >= 6 ? $"DROP TABLE extra{number - 6};" : "")} COMMIT");
            case "grow":
                return (writer, number) => Move(
                    writer, number, $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Fillers}) INSERT INTO filler(data) SELECT randomblob(3500) FROM n");
            case "shrink":
                return (writer, number) => Move(
                    writer, number, $"DELETE FROM filler WHERE id IN (SELECT id FROM filler ORDER BY id LIMIT {Fillers / 10}); PRAGMA incremental_vacuum");
            case "attached":
                CommitLoop.Execute(connection, $"ATTACH '{database.Replace("'", "''", StringComparison.Ordinal)}.second' AS second; CREATE TABLE IF NOT EXISTS second.log(n)");
                return (writer, number) => Move(writer, number, $"INSERT INTO second.log VALUES({number})");
            default:
                throw new ArgumentException($"There is no mode '{mode}'.");
        }
    }

    private static void Move(SqliteConnection connection, long number) => Move(connection, number, "");

    private static void Move(SqliteConnection connection, long number, string more) =>
        CommitLoop.Execute(connection, $"BEGIN IMMEDIATE; {Ledger.Move(number)} {more}; COMMIT");

    private static void OneIn(int every, SqliteConnection connection, long number, string sql)
    {
        Move(connection, number);
        if (number % every == 0)
        {
            CommitLoop.Execute(connection, sql);
        }
    }

    // Counted as an error by the loop when what it reads is no instant.
    private static void Read(SqliteConnection connection, long number)
    {
        LedgerState state = Ledger.Read(connection);
        if (!state.IsOneInstant)
        {
            throw new SqliteException($"Read {number}: {state}", 1);
        }
    }
}
