using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace SqliteBackup.Parameters;

/// <summary>
/// Reads an age: 90m, 12h, 1.5d, 4w, or a time span as in 7.00:00:00. A bare number is refused, because PowerShell makes of it a time span of so
/// many ten-millionths of a second, and nearly every backup is older than that.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed partial class AgeAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is null ? null : Read(inputData);

    /// <summary>Reads an age.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It is none.</exception>
    public static TimeSpan Read(object value)
    {
        // To PowerShell 30d is a decimal number, but the object that wraps it still knows how it was written.
        TimeSpan? age = (value as PSObject)?.BaseObject as TimeSpan? ?? value as TimeSpan? ?? Parse($"{value}".Trim());
        return age >= TimeSpan.Zero
            ? age.Value
            : throw new ArgumentTransformationMetadataException(
                $"'{value}' is no {(age is null ? "time span" : "age: it is negative")}. Write minutes, hours, days or weeks, as in '90m', '12h', '1.5d' or '4w', or days and hours as in '7.00:00:00'.");
    }

    private static TimeSpan? Parse(string text)
    {
        Match match = Short().Match(text);
        if (match.Success)
        {
            double number = double.Parse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            return TimeSpan.FromHours(number * match.Groups["unit"].Value.ToUpperInvariant() switch
            {
                "M" => 1.0 / 60,
                "H" => 1.0,
                "D" => 24.0,
                _ => 7 * 24.0,
            });
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) ? time : null;
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,6}(\.[0-9]{1,4})?) ?(?<unit>[mhdw])$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Short();
}
