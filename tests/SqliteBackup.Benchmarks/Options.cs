using System.Globalization;

namespace SqliteBackup.Benchmarks;

/// <summary>How much to measure.</summary>
/// <param name="Scale">1 for the sizes that the results are stated for; less for a quick look.</param>
/// <param name="Rounds">Counted rounds; one more goes before them, uncounted.</param>
/// <param name="Json">A file to write the figures to, or null.</param>
/// <param name="Markdown">The same for a table to read.</param>
/// <param name="Cases">Only the cases whose name holds one of these; all where there is none.</param>
internal sealed record Options(double Scale, int Rounds, IReadOnlyList<string> Cases, string? Json, string? Markdown)
{
    public const string Usage =
        """
        dotnet run -c Release --project tests/SqliteBackup.Benchmarks -- [--quick | --full] [--scale N] [--rounds N]
            [--case NAME]... [--json FILE] [--markdown FILE]

        --quick   a minute: a twentieth of the sizes, 2 rounds
        --full    a real run: 1 GB and 4 GB databases, 1,000 files, 5 rounds (default: a fifth of that, 3 rounds)
        """;

    public static Options Parse(string[] args)
    {
        var options = new Options(0.2, 3, [], null, null);
        for (int i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            options = args[i] switch
            {
                "--quick" => options with { Scale = 0.05, Rounds = 2 },
                "--full" => options with { Scale = 1, Rounds = 5 },
                "--scale" => options with { Scale = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--case" => options with { Cases = [.. options.Cases, Value()] },
                "--json" => options with { Json = Value() },
                "--markdown" => options with { Markdown = Value() },
                _ => throw new ArgumentException($"'{args[i]}' is no option."),
            };
        }

        return options;
    }
}
