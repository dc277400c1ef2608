using System.Globalization;

namespace SqliteBackup.Testing;

/// <summary>How much of their full counts the randomised and the large tests have: SQLITEBACKUP_TEST_SCALE, 1 for all; a tenth where it is not set.</summary>
public static class TestScale
{
    public static double Value { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("SQLITEBACKUP_TEST_SCALE"), NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) ? scale : 0.1;

    public static int Count(int full) => Math.Max(1, (int)Math.Ceiling(full * Value));
}
