using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing.Writer;

/// <summary>Takes a lock and keeps it until told to stop.</summary>
internal static class Holders
{
    public static bool TryRun(string mode, SqliteConnection connection, CancellationToken stop)
    {
        string? sql = mode switch
        {
            "hold-read" => "BEGIN; SELECT count(*) FROM account",
            "hold-write" => $"BEGIN IMMEDIATE; {Ledger.Move(1)}",
            "hold-exclusive" => $"BEGIN EXCLUSIVE; {Ledger.Move(1)}",
            "exclusive" => $"PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE; {Ledger.Move(1)} COMMIT",
            "open" => "SELECT count(*) FROM account",
            _ => null,
        };
        if (sql is null)
        {
            return false;
        }

        CommitLoop.Execute(connection, sql);
        Console.WriteLine("ready");
        stop.WaitHandle.WaitOne();
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle!) == 0)
        {
            CommitLoop.Execute(connection, "COMMIT");
        }

        Console.WriteLine("{\"Commits\":1,\"Errors\":0,\"FirstError\":null,\"MedianMilliseconds\":0,\"P99Milliseconds\":0,\"MaxMilliseconds\":0}");
        return true;
    }
}
