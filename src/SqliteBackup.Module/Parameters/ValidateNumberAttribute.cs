using System.Globalization;
using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>A number that is not too small, nor too large; or none, which ValidateRange refuses: an empty cell of a CSV.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateNumberAttribute(double min, double max = double.MaxValue) : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not null && Convert.ToDouble(arguments, CultureInfo.InvariantCulture) is double number && !(number >= min && number <= max))
        {
            throw new ValidationMetadataException(
                string.Create(CultureInfo.CurrentCulture, $"{arguments} is too {(number > max ? "large" : "small")}: give a number from {min} {(max < double.MaxValue ? $"to {max}" : "on")}."));
        }
    }
}
