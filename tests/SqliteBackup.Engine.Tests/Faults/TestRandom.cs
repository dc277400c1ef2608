namespace SqliteBackup.Engine.Tests.Faults;

/// <summary>A source of randomness whose seed is told, and can be given as SQLITEBACKUP_TEST_SEED.</summary>
internal static class TestRandom
{
    public static Random Create()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("SQLITEBACKUP_TEST_SEED"), out int given) ? given : Random.Shared.Next();
        string line = $"{TestContext.Current.Test?.TestDisplayName}: SQLITEBACKUP_TEST_SEED={seed}";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        Console.WriteLine(line);
        return new Random(seed);
    }
}
