using System.Globalization;

namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>How much of the full count a randomised test does, by SQLITEBACKUP_TEST_SCALE; a quarter where that is not set.</summary>
internal static class FaultScale
{
    private static readonly double Value = double.Parse(
        Environment.GetEnvironmentVariable("SQLITEBACKUP_TEST_SCALE") ?? "0.25", CultureInfo.InvariantCulture);

    public static int Of(int full) => Math.Max(1, (int)(full * Value));

    /// <summary>A source of randomness whose seed is told, and can be given as SQLITEBACKUP_TEST_SEED.</summary>
    public static Random CreateRandom()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("SQLITEBACKUP_TEST_SEED"), out int given) ? given : Random.Shared.Next();
        string line = $"{TestContext.Current.Test?.TestDisplayName}: SQLITEBACKUP_TEST_SEED={seed}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Console.WriteLine(line);
        return new Random(seed);
    }
}
