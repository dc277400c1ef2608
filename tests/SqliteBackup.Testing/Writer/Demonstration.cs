using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SqliteBackup.Testing.Writer;

/// <summary>What tests/Demo.ps1 asks of another process besides writing: to make the database and to look into it.</summary>
internal static class Demonstration
{
    public static bool TryRun(string mode, string database, double megabytes)
    {
        switch (mode)
        {
            case "create":
                new SampleDatabase { JournalMode = "wal", Megabytes = megabytes }.Create(database);
                return true;
            case "count":
                Answer(database, integrity: null);
                return true;
            case "check":
                Answer(database, SampleDatabase.Scalar<string>(database, "PRAGMA integrity_check"));
                return true;
            default:
                return false;
        }
    }

    private static void Answer(string database, string? integrity)
    {
        using SqliteConnection connection = CommitLoop.Open(database, busyTimeoutMilliseconds: 5000, SqliteOpenMode.ReadOnly);
        LedgerState state = Ledger.Read(connection);
        Console.WriteLine(JsonSerializer.Serialize(
            new { state.Entries, state.LastEntry, state.Balance, state.IsOneInstant, Integrity = integrity }));
    }
}
