using System.Globalization;

namespace SqliteBackup.Testing;

/// <summary>How much of their full counts the randomised tests run: SQLITEBACKUP_TEST_SCALE, 1 for all; a quarter where it is not set.</summary>
public static class TestScale
{
    public static double Value { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("SQLITEBACKUP_TEST_SCALE"), CultureInfo.InvariantCulture, out double scale) ? scale : 0.25;

    public static int Count(int full) => Math.Max(1, (int)Math.Ceiling(full * Value));
}
