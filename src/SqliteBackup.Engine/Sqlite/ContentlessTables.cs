using System.Text.RegularExpressions;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>
/// FTS4 tables that keep no text (https://sqlite.org/fts3.html#contentless_fts4_tables). Their index is all they have, so SQLite has nothing
/// to hold it against, and its check fails for a sound one, too.
/// </summary>
internal static partial class ContentlessTables
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Find(sqlite3 connection)
    {
        var names = new List<string>();
        int code = SqliteStatement.Prepare(
            connection,
            "SELECT name, sql FROM sqlite_schema s WHERE type='table' AND sql LIKE 'CREATE VIRTUAL TABLE%' AND NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name=s.name||'_content')"u8,
            out SqliteStatement rows,
            out _);
        using (rows)
        {
            // What can't be read is found by the check.
            while (code == raw.SQLITE_OK && rows.Step() == raw.SQLITE_ROW)
            {
                if (Contentless().IsMatch(rows.Text(1)))
                {
                    names.Add(rows.Text(0));
                }
            }
        }

        return names;
    }

    /// <summary>What SQLite's check says of such a table, sound or not.</summary>
    public static string FindingOf(string name) => $"unable to validate the inverted index for FTS4 table main.{name}: SQL logic error";

    [GeneratedRegex(
        @"\bUSING\s+fts4\s*\(.*\bcontent\s*=\s*(''|""""|``|\[\])?\s*[,)]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Contentless();
}
