using System.Text.RegularExpressions;

namespace SqliteBackup;

/// <summary>
/// Text for a screen. Names of files and tables, and what stands in foreign files, may hold sequences that move the cursor, change what was
/// written or turn the reading direction around; shown, each such character is U+FFFD.
/// </summary>
public static partial class VisibleText
{
    /// <summary>A text of one or more lines: line ends and tabs stay.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text without control characters.</returns>
    public static string Of(string text) => Control().Replace(text, "\uFFFD");

    [GeneratedRegex("[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069]", RegexOptions.CultureInvariant)]
    private static partial Regex Control();
}
