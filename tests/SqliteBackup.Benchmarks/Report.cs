using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using SqliteBackup.Backup;

namespace SqliteBackup.Benchmarks;

/// <summary>Shows the figures as a table, and writes them as JSON and Markdown.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private const string Words = "## What falls short";

    public static string Machine { get; } =
        $"{Environment.ProcessorCount} cores ({ProcessorName()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, SQLite {DatabaseBackup.SqliteVersion}";

    public static void Show(IBenchmark benchmark, IReadOnlyList<Outcome> outcomes)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(benchmark.Name));
        foreach (string column in (string[])["contender", $"median {benchmark.Unit}", "min", "max", "CPU s", "times ours", "note"])
        {
            table.AddColumn(column);
        }

        foreach (Outcome outcome in outcomes)
        {
            table.AddRow([.. Cells(outcome).Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"[grey]{benchmark.Description}[/]");
        AnsiConsole.WriteLine();
    }

    public static void WriteJson(string path, IEnumerable<Outcome> outcomes) =>
        File.WriteAllText(path, JsonSerializer.Serialize(new { Machine, MeasuredAt = DateTime.UtcNow, Outcomes = outcomes }, Indented));

    public static void WriteMarkdown(string path, Options options, IEnumerable<(IBenchmark Case, IReadOnlyList<Outcome> Outcomes)> results)
    {
        var text = new StringBuilder();
        text.AppendLine("# Results").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Machine: {Machine}.").AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{options.Rounds} interleaved rounds after one that does not count, sizes times {options.Scale}. \"times ours\" is the median of the ratios round by round: more than 1 means slower (or larger) than this module. Measured {DateTime.UtcNow:yyyy-MM-dd}.").AppendLine();
        foreach ((IBenchmark benchmark, IReadOnlyList<Outcome> outcomes) in results)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {benchmark.Name}").AppendLine().AppendLine(benchmark.Description).AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"| contender | median {benchmark.Unit} | min | max | CPU s | times ours | note |");
            text.AppendLine("|---|---|---|---|---|---|---|");
            foreach (Outcome outcome in outcomes)
            {
                text.AppendLine($"| {string.Join(" | ", Cells(outcome))} |");
            }

            text.AppendLine();
        }

        File.WriteAllText(path, text.ToString() + WordsOf(path));
    }

    // What people wrote about the figures outlives them: it stands under a heading of its own, after them.
    private static string WordsOf(string path)
    {
        string old = File.Exists(path) ? File.ReadAllText(path) : "";
        int at = old.IndexOf(Words, StringComparison.Ordinal);
        return at < 0 ? "" : old[at..];
    }

    private static string[] Cells(Outcome outcome) =>
    [
        outcome.Contender,
        Number(outcome.Median),
        Number(outcome.Min),
        Number(outcome.Max),
        Number(outcome.CpuSeconds),
        outcome.RatioToFirst is double ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
        outcome.Note ?? "",
    ];

    private static string Number(double? value) =>
        value?.ToString(value >= 100 ? "0" : value >= 1 ? "0.00" : "0.000", CultureInfo.InvariantCulture) ?? "";

    private static string ProcessorName()
    {
        const string Path = "/proc/cpuinfo";
        string? line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(item => item.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..];
    }
}
