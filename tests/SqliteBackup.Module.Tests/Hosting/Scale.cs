using System.Globalization;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>How much of their full size the large tests have: a quarter, or what SQLITEBACKUP_TEST_SCALE says, 1 for all of it.</summary>
internal static class Scale
{
    private static readonly double Share = double.TryParse(
        Environment.GetEnvironmentVariable("SQLITEBACKUP_TEST_SCALE"), NumberStyles.Float, CultureInfo.InvariantCulture, out double share)
        ? share
        : 0.25;

    public static int Of(int full) => Math.Max(8, (int)(full * Share));
}
