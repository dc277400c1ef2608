using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing.Writer;

/// <summary>Leaves a database as a crash leaves it.</summary>
internal static class Crashes
{
    public static bool TryRun(string mode, SqliteConnection connection)
    {
        switch (mode)
        {
            // Commits that are only in the WAL.
            case "crash-wal":
                CommitLoop.Execute(connection, $"PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE; {Ledger.Move(1)} COMMIT; BEGIN IMMEDIATE; {Ledger.Move(2)} COMMIT");
                break;

            // A transaction that spilled into the database and was never committed: the journal is hot.
            case "crash-journal":
                CommitLoop.Execute(connection, $"PRAGMA cache_size=5; BEGIN IMMEDIATE; UPDATE account SET balance = 7; {Ledger.Move(1)} UPDATE filler SET data = zeroblob(length(data)); INSERT INTO filler(data) SELECT randomblob(3000) FROM account");
                break;

            default:
                return false;
        }

        Process.GetCurrentProcess().Kill();
        return true;
    }
}
