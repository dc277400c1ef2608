using System.Globalization;
using SqliteBackup.Tool.CommandLine;

namespace SqliteBackup.Tool.Demo;

/// <summary>What <c>sqlitebackup demo</c> was asked for.</summary>
internal sealed record DemoOptions
{
    public const string Help =
        """
        sqlitebackup demo: makes a database, lets a second process keep writing to it, backs it up and checks the copy.

          --keep           keep the folder with the database and the copy, and say where it is
          --size <MB>      the size of the database, 1 to 100000 (default 64)
          --seconds <n>    how long the copy is paced to take, 0 for full speed (default 3)
        """;

    private const int LargestMegabytes = 100_000;
    private const int LongestSeconds = 3600;

    public bool Keep { get; init; }

    public bool WantsHelp { get; init; }

    public int Megabytes { get; init; } = 64;

    public int Seconds { get; init; } = 3;

    /// <summary>Reads the words after <c>demo</c>.</summary>
    /// <exception cref="UsageException">They ask for something that does not exist.</exception>
    public static DemoOptions Parse(IReadOnlyList<string> words)
    {
        DemoOptions options = new();
        for (int i = 0; i < words.Count; i++)
        {
            options = words[i].TrimStart('-').ToUpperInvariant() switch
            {
                "KEEP" => options with { Keep = true },
                "HELP" or "H" => options with { WantsHelp = true },
                "SIZE" => options with { Megabytes = Number(words, ++i, 1, LargestMegabytes) },
                "SECONDS" => options with { Seconds = Number(words, ++i, 0, LongestSeconds) },
                _ => throw new UsageException($"The demo has no option '{words[i]}'. 'sqlitebackup demo --help' lists them."),
            };
        }

        return options;
    }

    private static int Number(IReadOnlyList<string> words, int index, int smallest, int largest)
    {
        string value = index < words.Count ? words[index] : "";
        bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return isNumber && number >= smallest && number <= largest
            ? number
            : throw new UsageException($"{words[index - 1]} takes a whole number from {smallest} to {largest}, not '{value}'.");
    }
}
