using System.Text;
using System.Text.RegularExpressions;
using SQLitePCL;

namespace SqliteBackup.Sqlite;

/// <summary>
/// Indexes of what is computed from a row: expressions, generated columns, the condition of a partial index. SQLite versions differ in the
/// digits of a real that becomes text, so one version can miss entries that another made, in a sound index.
/// </summary>
internal static partial class ComputedIndexes
{
    /// <summary>A sentence for those in which a check misses rows.</summary>
    /// <param name="connection">The connection that was checked.</param>
    /// <param name="findings">What was found.</param>
    public static IReadOnlyList<string> Explain(sqlite3 connection, IReadOnlyList<string> findings)
    {
        string[] named =
        [
            .. findings.Select(finding => MissingRow().Match(finding)).Where(match => match.Success).Select(match => match.Groups["index"].Value)
                .Distinct(StringComparer.Ordinal).Where(name => IsComputed(connection, name)),
        ];
        return named.Length == 0
            ? []
            : [$"Indexes of computed values: {string.Join(", ", named.Select(name => $"'{name}'"))}. Such a finding can come from a difference between SQLite versions in how reals become text, and be no damage: run REINDEX on the database and test it again. What is still found then is damage."];
    }

    private static bool IsComputed(sqlite3 connection, string index)
    {
        const string Sql =
            """
            SELECT 1 FROM sqlite_schema s JOIN pragma_index_list(s.tbl_name) l ON l.name=s.name JOIN pragma_index_xinfo(s.name) x
            WHERE s.type='index' AND s.name=?
              AND (l.partial OR x.cid=-2 OR EXISTS (SELECT 1 FROM pragma_table_xinfo(s.tbl_name) t WHERE t.cid=x.cid AND t.hidden IN (2,3)))
            """;
        int code = SqliteStatement.Prepare(connection, Encoding.UTF8.GetBytes(Sql), out SqliteStatement rows, out _);
        using (rows)
        {
            return code == raw.SQLITE_OK && rows.With(Encoding.UTF8.GetBytes(index)).Step() == raw.SQLITE_ROW;
        }
    }

    [GeneratedRegex(@"^row \S+ missing from index (?<index>.+)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex MissingRow();
}
