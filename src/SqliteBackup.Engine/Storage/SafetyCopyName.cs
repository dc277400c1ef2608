using System.Globalization;
using System.Text.RegularExpressions;

namespace SqliteBackup.Storage;

/// <summary>How a restore names what it saves of a database: <c>&lt;name&gt;.before-restore-&lt;UTC time&gt;</c>.</summary>
internal static partial class SafetyCopyName
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>What is appended to the database's name.</summary>
    public static string SuffixAt(DateTime time) => ".before-restore-" + time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads such a name.</summary>
    /// <param name="path">A full path or a file name.</param>
    /// <param name="database">The path without what was appended.</param>
    /// <param name="takenAt">When the copy was taken, UTC.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string path, out string database, out DateTime takenAt)
    {
        Match match = Pattern().Match(path);
        database = match.Success ? path[..match.Index] : "";
        takenAt = default;
        return match.Success && DateTime.TryParseExact(
            match.Groups["time"].ValueSpan,
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out takenAt);
    }

    [GeneratedRegex(@"(?<=[^/\\])\.before-restore-(?<time>[0-9]{8}T[0-9]{9}Z)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
