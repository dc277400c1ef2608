using Microsoft.Data.Sqlite;
using SqliteBackup.Engine.Sources;
using SQLitePCL;

namespace SqliteBackup.Engine.Checking;

/// <summary>
/// Asks SQLite whether a file is whole (https://sqlite.org/pragma.html#pragma_integrity_check). The file is a finished copy that nobody else
/// has: it is read without locks, and nothing in it is trusted.
/// </summary>
internal static class IntegrityCheck
{
    private const int MostFindings = 10;

    // How many instructions of SQLite's virtual machine pass between two looks at the cancellation token: some microseconds.
    private const int InstructionsBetweenLooks = 10_000;

    /// <summary>Checks a file.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IntegrityAnswer Run(string path, VerifyLevel level, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = SqliteConnector.OpenImmutable(path);
        sqlite3 handle = connection.Handle!;
        SqliteConnector.Distrust(handle);
        raw.sqlite3_progress_handler(handle, InstructionsBetweenLooks, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        string sql = $"PRAGMA {(level == VerifyLevel.Full ? "integrity_check" : "quick_check")}({MostFindings})";

        var findings = new List<string>();
        int code = raw.sqlite3_prepare_v2(handle, sql, out sqlite3_stmt statement);
        using (statement)
        {
            while (code == raw.SQLITE_OK || code == raw.SQLITE_ROW)
            {
                code = raw.sqlite3_step(statement);
                if (code == raw.SQLITE_ROW)
                {
                    findings.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string());
                }
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return (code & 0xFF) switch
        {
            raw.SQLITE_DONE when findings is ["ok"] => new IntegrityAnswer(IntegrityStatus.Ok, []),
            raw.SQLITE_DONE when findings.Count > 0 => new IntegrityAnswer(IntegrityStatus.Corrupt, findings),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                new IntegrityAnswer(IntegrityStatus.Corrupt, [.. findings, raw.sqlite3_errmsg(handle).utf8_to_string()]),
            _ => new IntegrityAnswer(IntegrityStatus.Unchecked, [raw.sqlite3_errmsg(handle).utf8_to_string()]),
        };
    }
}
