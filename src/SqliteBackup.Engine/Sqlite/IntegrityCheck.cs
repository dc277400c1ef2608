using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>
/// Asks SQLite whether a database is whole (https://sqlite.org/pragma.html#pragma_integrity_check). Nothing in it is trusted, what is found
/// is bounded in number and length, and an end can be put to it at any moment, while the schema is parsed too.
/// </summary>
internal static class IntegrityCheck
{
    private const int MaxFindings = 10;
    private const int MaxFindingLength = 400;

    // How many instructions of SQLite's virtual machine pass between two looks at whether it is over: some microseconds.
    private const int InstructionsBetweenLooks = 10_000;

    /// <summary>Checks a file that nobody writes to meanwhile, and that has no sidecars.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPrivate">Whether nobody else knows of it: then it is read without locks.</param>
    /// <param name="level">How thoroughly.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IntegrityResult Run(string path, bool isPrivate, VerifyLevel level, CancellationToken cancellationToken)
    {
        IntegrityResult answer = Run(path, isPrivate, level, checkForeignKeys: false, () => cancellationToken.IsCancellationRequested);
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }

    /// <summary>Checks a file that nobody writes to meanwhile, and that has no sidecars.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isPrivate">Whether nobody else knows of it: then it is read without locks.</param>
    /// <param name="level">How thoroughly.</param>
    /// <param name="checkForeignKeys">Whether rows that refer to missing ones are findings too.</param>
    /// <param name="isOver">Asked often; true ends the check, whose answer then says nothing.</param>
    public static IntegrityResult Run(string path, bool isPrivate, VerifyLevel level, bool checkForeignKeys, Func<bool> isOver)
    {
        using SqliteConnection connection = SqliteConnector.OpenFinished(path, isPrivate);
        Guard(connection.Handle!, isOver);
        IntegrityResult answer = CheckStructure(connection.Handle!, level);
        return checkForeignKeys && answer.Status == IntegrityStatus.Ok ? CheckForeignKeys(connection.Handle!) with { LeftOut = answer.LeftOut } : answer;
    }

    /// <summary>Makes a connection one on which a database of unknown origin can be checked and read.</summary>
    public static void Guard(sqlite3 connection, Func<bool> isOver)
    {
        SqliteConnector.Distrust(connection);
        SqliteConnector.BoundValues(connection);
        raw.sqlite3_progress_handler(connection, InstructionsBetweenLooks, _ => isOver() ? 1 : 0, null);
    }

    /// <summary>Checks the pages and records of a guarded connection's database.</summary>
    public static IntegrityResult CheckStructure(sqlite3 connection, VerifyLevel level)
    {
        if (level == VerifyLevel.None)
        {
            return new IntegrityResult(IntegrityStatus.Ok, []);
        }

        // Tables that can't be checked must not use up the findings that are asked for.
        IReadOnlyList<string> contentless = ContentlessTables.Find(connection);
        int most = MaxFindings + contentless.Count;
        string sql = $"PRAGMA {(level == VerifyLevel.Full ? "integrity_check" : "quick_check")}({most})";
        (int code, List<string> findings) = Collect(connection, sql, most, row => Text(row, 0));
        string[] leftOut = [.. contentless.Where(name => findings.Remove(Shorten(ContentlessTables.FindingOf(name))))];
        IntegrityResult answer = code == raw.SQLITE_DONE
            ? findings switch
            {
                ["ok"] => new IntegrityResult(IntegrityStatus.Ok, []),
                [] when leftOut.Length > 0 => new IntegrityResult(IntegrityStatus.Ok, []),
                [] => new IntegrityResult(IntegrityStatus.Unchecked, ["SQLite's check gave no answer."]),
                _ => new IntegrityResult(IntegrityStatus.Corrupt, [.. findings.Take(MaxFindings), .. ComputedIndexes.Explain(connection, findings)]),
            }
            : Failed(connection, code, findings);
        return answer with
        {
            LeftOut = [.. leftOut.Take(MaxFindings).Select(name => Shorten(
                $"The words of the FTS4 table '{name}' were left out of the check: it keeps no text that its index could be held against. Everything else was checked."))],
        };
    }

    /// <summary>Looks for rows that refer to missing ones (https://sqlite.org/pragma.html#pragma_foreign_key_check).</summary>
    public static IntegrityResult CheckForeignKeys(sqlite3 connection)
    {
        (int code, List<string> findings) = Collect(connection, "PRAGMA foreign_key_check", MaxFindings, Describe);
        return code is raw.SQLITE_DONE or raw.SQLITE_ROW
            ? new IntegrityResult(findings.Count == 0 ? IntegrityStatus.Ok : IntegrityStatus.Corrupt, findings)
            : Failed(connection, code, findings);
    }

    private static IntegrityResult Failed(sqlite3 connection, int code, List<string> findings)
    {
        string reason = Shorten(raw.sqlite3_errmsg(connection).utf8_to_string());
        return (code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB
            ? new IntegrityResult(IntegrityStatus.Corrupt, [.. findings, reason])
            : new IntegrityResult(IntegrityStatus.Unchecked, [reason]);
    }

    private static (int Code, List<string> Findings) Collect(
        sqlite3 connection, string sql, int most, Func<SqliteStatement, string> describe)
    {
        var findings = new List<string>();
        int code = SqliteStatement.Prepare(connection, Encoding.UTF8.GetBytes(sql), out SqliteStatement statement, out _);
        using (statement)
        {
            while (code is raw.SQLITE_OK or raw.SQLITE_ROW && findings.Count < most)
            {
                code = statement.Step();
                if (code == raw.SQLITE_ROW)
                {
                    findings.Add(describe(statement));
                }
            }

            // With all findings that are wanted, an answer of one row more or none is the same.
            if (code == raw.SQLITE_ROW)
            {
                code = raw.SQLITE_DONE;
            }
        }

        return (code, findings);
    }

    private static string Describe(SqliteStatement row)
    {
        string which = row.TypeOf(1) == raw.SQLITE_NULL ? "a row" : $"row {row.Integer(1)}";
        return Shorten($"foreign key: {which} of table '{Text(row, 0)}' refers to a row that '{Text(row, 2)}' does not have");
    }

    private static string Text(SqliteStatement row, int column) => Shorten(row.Text(column));

    private static string Shorten(string text) => text.Length <= MaxFindingLength ? text : string.Concat(text.AsSpan(0, MaxFindingLength), "…");
}
