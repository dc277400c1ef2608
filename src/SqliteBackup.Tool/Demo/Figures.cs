using System.Globalization;

namespace SqliteBackup.Tool.Demo;

/// <summary>Numbers for people.</summary>
internal static class Figures
{
    private const double Megabyte = 1 << 20;

    public static string Count(long number) => number.ToString("n0", CultureInfo.InvariantCulture);

    public static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte:n1} MB");

    public static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:n1} ms");

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:n1} s");
}
