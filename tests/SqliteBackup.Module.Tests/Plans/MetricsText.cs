using System.Globalization;
using System.Text.RegularExpressions;

namespace SqliteBackup.ModuleTests.Plans;

/// <summary>
/// Reads metrics as Prometheus's own parser does (https://prometheus.io/docs/instrumenting/exposition_formats/): HELP and TYPE before a family's
/// samples, each family once, names with their unit, counters that end in _total.
/// </summary>
internal static partial class MetricsText
{
    public static Dictionary<string, double> Read(string path)
    {
        Dictionary<string, double> samples = [];
        HashSet<string> families = [];
        string family = "";
        foreach (string line in File.ReadAllText(path).TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"{family} is there twice.");
                Assert.Matches("^[a-z][a-z0-9_]*(_seconds|_bytes|_total|_success|_code|_out)$", family);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Matches($"^# TYPE {family} (gauge|counter)$", line);
                Assert.Equal(family.EndsWith("_total", StringComparison.Ordinal), line.EndsWith("counter", StringComparison.Ordinal));
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                Assert.Equal(family, sample.Groups["name"].Value);
                samples.Add(sample.Groups["series"].Value, double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
            }
        }

        return samples;
    }

    [GeneratedRegex("""^(?<series>(?<name>[a-z_][a-z0-9_]*)\{([a-z_]+="(\\[\\"n]|[^"\\\n])*",?)+\}) (?<value>-?[0-9.]+(E[+-]?[0-9]+)?)$""")]
    private static partial Regex Sample();
}
