using System.Globalization;
using System.Text.RegularExpressions;

namespace SqliteBackup.Output;

/// <summary>
/// Values as text for people: for messages, and as <c>[SqliteBackup.Output.Text]</c> for the format file. What is not known is "-".
/// A KB is 1,024 bytes and an MB 1,048,576, as in PowerShell's own literals: what <c>-MaxBytesPerSecond 20MB</c> asks for is shown as 20.0 MB/s.
/// </summary>
public static partial class Text
{
    private const string Unknown = "-";

    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Bytes: <c>64.1 MB</c>.</summary>
    public static string Size(double? bytes)
    {
        if (bytes is not double size)
        {
            return Unknown;
        }

        int unit = 0;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Format(CultureInfo.CurrentCulture, unit == 0 ? "{0:0} {1}" : "{0:0.0} {1}", size, Units[unit]);
    }

    /// <summary>Bytes with their exact number: <c>64.1 MB (67,211,264 bytes)</c>.</summary>
    public static string ExactSize(long? bytes) =>
        bytes < 1024 ? Size(bytes) : string.Create(CultureInfo.CurrentCulture, $"{Size(bytes)}{(bytes is null ? "" : $" ({bytes:N0} bytes)")}");

    /// <summary>Bytes a second: <c>20.0 MB/s</c>.</summary>
    public static string Rate(double? bytesPerSecond) => bytesPerSecond is null ? Unknown : Size(bytesPerSecond) + "/s";

    /// <summary>How long something takes: <c>12.34 s</c>, from 100 seconds on <c>0:01:40</c>.</summary>
    public static string Duration(TimeSpan? time) => Duration(time, "0.00");

    /// <summary>How long something that goes on takes: <c>12.3 s</c>, from 100 seconds on <c>0:01:40</c>.</summary>
    public static string RoughDuration(TimeSpan? time) => Duration(time, "0.0");

    /// <summary>How long ago: <c>3.5 d</c>.</summary>
    public static string Age(TimeSpan? age) => age switch
    {
        null => Unknown,
        { TotalDays: >= 1 or <= -1 } => Number(age.Value.TotalDays, "0.0", "d"),
        { TotalHours: >= 1 or <= -1 } => Number(age.Value.TotalHours, "0.0", "h"),
        { TotalMinutes: >= 1 or <= -1 } => Number(age.Value.TotalMinutes, "0.0", "min"),
        _ => Number(age.Value.TotalSeconds, "0", "s"),
    };

    /// <summary>A time of this machine's clock: <c>2026-07-12 22:15:00</c>.</summary>
    public static string Time(DateTime? time) => Local(time, "yyyy-MM-dd HH:mm:ss");

    /// <summary>A time of this machine's clock, to the minute: <c>2026-07-12 22:15</c>.</summary>
    public static string Minute(DateTime? time) => Local(time, "yyyy-MM-dd HH:mm");

    /// <summary>A time of this machine's clock with all that is known of it: <c>2026-07-12 22:15:00.123 +02:00</c>.</summary>
    public static string ExactTime(DateTime? time) => Local(time, "yyyy-MM-dd HH:mm:ss.fff zzz");

    /// <summary>
    /// A text on one line. Names of files, and what stands in them, may move the cursor, change what was written or turn the reading direction
    /// around; each such character is U+FFFD.
    /// </summary>
    public static string Line(string? text) => VisibleText.Of(text ?? "").Replace('\n', '\uFFFD').Replace('\t', '\uFFFD');

    /// <summary>Texts, each on one line.</summary>
    public static string[] Lines(IEnumerable<string>? texts) => [.. (texts ?? []).Select(Line)];

    /// <summary>The name at the end of a path.</summary>
    public static string Name(string? path) => string.IsNullOrEmpty(path) ? Unknown : Line(FolderPart().Replace(path, ""));

    /// <summary>A path without the name at its end.</summary>
    public static string Folder(string? path) => string.IsNullOrEmpty(path) ? Unknown : Line(NamePart().Replace(path, ""));

    /// <summary>
    /// In what a table, or another thing in the schema, differs between a backup and a database; arguments are the properties of
    /// <see cref="Verify.TableDifference"/>: <c>orders: 12 rows in the backup, 14 in the database</c>.
    /// </summary>
    public static string Difference(
        string? name, string? type, string? kind, long? rowsInBackup, long? rowsInDatabase, string? sqlInBackup, string? sqlInDatabase)
    {
        string rows = (rowsInBackup, rowsInDatabase) switch
        {
            (null, null) => "",
            (long ours, null) => Rows(ours),
            (null, long theirs) => Rows(theirs),
            (long ours, long theirs) when ours == theirs => $"{Rows(ours)} in both",
            (long ours, long theirs) => string.Create(CultureInfo.CurrentCulture, $"{Rows(ours)} in the backup, {theirs:N0} in the database"),
        };
        string difference = kind switch
        {
            nameof(Verify.DifferenceKind.OnlyInBackup) => Joined(", ", "only in the backup", rows),
            nameof(Verify.DifferenceKind.OnlyInDatabase) => Joined(", ", "only in the database", rows),
            nameof(Verify.DifferenceKind.Schema) => Joined("; ", $"in the backup {sqlInBackup}, in the database {sqlInDatabase}", rows),
            _ when rowsInBackup == rowsInDatabase => $"other values, {rows}",
            _ => rows,
        };
        return Statement($"{(type == "table" ? "" : type + " ")}{name}: {difference}");
    }

    /// <summary>SQL on one line.</summary>
    public static string Statement(string? sql) => Line(Whitespace().Replace(sql ?? "", " "));

    private static string Rows(long count) => string.Create(CultureInfo.CurrentCulture, $"{count:N0} {(count == 1 ? "row" : "rows")}");

    private static string Joined(string separator, string first, string second) => second.Length == 0 ? first : first + separator + second;

    private static string Duration(TimeSpan? time, string seconds) => time switch
    {
        null => Unknown,
        { TotalSeconds: < 100 } => Number(time.Value.TotalSeconds, seconds, "s"),
        TimeSpan value => string.Create(CultureInfo.CurrentCulture, $"{Math.Floor(value.TotalHours):0}:{value.Minutes:00}:{value.Seconds:00}"),
    };

    private static string Number(double value, string format, string unit) => value.ToString(format, CultureInfo.CurrentCulture) + " " + unit;

    private static string Local(DateTime? time, string format) => time?.ToLocalTime().ToString(format, CultureInfo.CurrentCulture) ?? Unknown;

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Whitespace();

    // Of the backups of other machines, too: both separators count.
    [GeneratedRegex(@"^.*[/\\](?=.)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex FolderPart();

    [GeneratedRegex(@"(?<=.)[/\\][^/\\]*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePart();
}
