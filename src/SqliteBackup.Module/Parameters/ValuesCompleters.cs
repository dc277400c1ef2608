using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using SqliteBackup.Output;

namespace SqliteBackup.Parameters;

/// <summary>Offers the values that people use most, each with what it means. Any other value may be typed.</summary>
internal abstract class ValuesCompleter(params (string Value, string Meaning)[] values) : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);
        return values
            .Where(known => known.Value.Trim('\'').StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(known => new CompletionResult(known.Value, known.Value, CompletionResultType.ParameterValue, known.Meaning));
    }
}

internal sealed class FileNameFormatCompleter() : ValuesCompleter(
    ("'{name}-{timestamp:yyyyMMddTHHmmssfffZ}{extension}'", "the default: app-20250131T221500123Z.db"),
    ("'{name}-{timestamp:yyyy-MM-dd}{extension}'", "one a day: app-2025-01-31.db"),
    ("'{name}-{timestamp:yyyy-MM-dd_HHmm}{extension}'", "one a minute: app-2025-01-31_2215.db"),
    ("'{folder}/{name}-{timestamp:yyyyMMddTHHmmssfffZ}{extension}'", "mirrors the folders of the databases: shop/app-20250131T221500123Z.db"),
    ("'{host}-{name}-{timestamp:yyyyMMddTHHmmssfffZ}{extension}'", "with the machine: web1-app-20250131T221500123Z.db"),
    ("'{name}-{pid}-{sequence:000}{extension}'", "with the process and the number in the command: app-4711-001.db"),
    ("'{name}{extension}'", "always the same name: app.db"));

internal sealed class AgeCompleter() : ValuesCompleter(
    ("12h", "12 hours"),
    ("1d", "one day"),
    ("7d", "a week"),
    ("30d", "30 days"),
    ("90d", "90 days"),
    ("365d", "a year"));

internal sealed class PagesPerStepCompleter() : ValuesCompleter(
    ("100", "100 pages a step, as the sqlite3 shell does"),
    ("1000", "1,000 pages a step"),
    ("10000", "10,000 pages a step"),
    ("-1", "all pages in one step"));

internal sealed class MaxBytesPerSecondCompleter() : ValuesCompleter(
    ("5MB", "5 MB a second"),
    ("20MB", "20 MB a second"),
    ("50MB", "50 MB a second"),
    ("100MB", "100 MB a second"));
