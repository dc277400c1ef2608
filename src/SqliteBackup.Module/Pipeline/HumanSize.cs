using System.Globalization;

namespace SqliteBackup.Pipeline;

/// <summary>
/// Bytes as text for people. A KB is 1,024 bytes and an MB 1,048,576, as in PowerShell's own literals: what <c>-MaxBytesPerSecond 20MB</c>
/// asks for is shown as 20.0 MB/s. The format file computes the same text in the language alone.
/// </summary>
internal static class HumanSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    public static string Format(double bytes)
    {
        int unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Format(CultureInfo.CurrentCulture, unit == 0 ? "{0:0} {1}" : "{0:0.0} {1}", bytes, Units[unit]);
    }

    public static string FormatRate(double bytesPerSecond) => Format(bytesPerSecond) + "/s";
}
