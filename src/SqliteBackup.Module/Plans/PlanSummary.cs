using System.Globalization;
using System.Text;
using SqliteBackup.Output;

namespace SqliteBackup.Plans;

/// <summary>What a run came to, as text for a screen, a ping or a journal.</summary>
internal static class PlanSummary
{
    private const int MaxLines = 40;

    /// <summary>The first line says it all; what went wrong follows.</summary>
    public static string Of(PlanResult result)
    {
        var text = new StringBuilder(FirstLine(result));
        string[] wrong =
        [
            .. result.Problems,
            .. result.Databases.SelectMany(database => database.Errors.Select(error => $"{database.Status}: {error}")),
            .. result.LeftOut,
            .. result.NotTold,
        ];
        foreach (string line in wrong.Take(MaxLines))
        {
            text.Append('\n').Append("  ").Append(VisibleText.Of(line));
        }

        return wrong.Length > MaxLines ? text.Append(CultureInfo.InvariantCulture, $"\n  and {wrong.Length - MaxLines} more.").ToString() : text.ToString();
    }

    /// <summary>One line.</summary>
    public static string FirstLine(PlanResult result)
    {
        string[] parts =
        [
            $"{result.BackedUp} of {result.Databases.Count} databases backed up{(result.Unchanged > 0 ? $" ({result.Unchanged} unchanged)" : "")}",
            .. Count(result.Failed, "failed"),
            .. Count(result.Stale, "stale"),
            .. Count(result.LeftOut.Count, "left out"),
            .. Count(result.Copied, "copied"),
            .. Count(result.Tested, "tested"),
            .. Count(result.Removed, "removed"),
        ];
        return VisibleText.Of($"{result.Name}: {result.Status}. {string.Join(", ", parts)}; {Text.Size(result.StoredBytes)} in {Text.Duration(result.Duration)}.");
    }

    private static IEnumerable<string> Count(int count, string what) => count > 0 ? [$"{count} {what}"] : [];
}
