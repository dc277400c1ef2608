using System.Text.RegularExpressions;

namespace SqliteBackup.Parameters;

/// <summary>Tells SQL text from the path of a file, where both come through the pipeline as strings.</summary>
internal static partial class PipedText
{
    /// <summary>Whether a string is SQL: it has several lines, ends a statement, or begins like one or like a comment.</summary>
    public static bool IsSql(string text) => text.Contains('\n', StringComparison.Ordinal) || Sql().IsMatch(text);

    [GeneratedRegex(
        @";\s*$|^\s*(--|/\*|(ALTER|ANALYZE|ATTACH|BEGIN|CREATE|DELETE|DROP|INSERT|PRAGMA|REPLACE|SAVEPOINT|SELECT|SET|UPDATE|WITH)\s)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sql();
}
