using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>
/// Reads an option from a cell of a CSV as well as from a command line. An empty cell means what leaving the parameter out means: nothing is
/// bound, where PowerShell would make it a 0. A cell that can't be read is an error, where PowerShell would take the default without a word.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CsvValueAttribute<T> : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = Read(inputData);
        if (value is null)
        {
            return null;
        }

        if (typeof(T) == typeof(TimeSpan))
        {
            return AgeAttribute.Read(inputData!);
        }

        // An exception with a failed cast inside would be ignored by the binder for values from the pipeline.
        return LanguagePrimitives.TryConvertTo(value, typeof(T), out object converted)
            ? converted
            : throw new ArgumentTransformationMetadataException(
                typeof(T).IsEnum
                    ? $"'{value}' is none of {string.Join(", ", Enum.GetNames(typeof(T)))}."
                    : $"'{value}' is no {(typeof(T) == typeof(double) ? "number" : "whole number")}, or it is too large.");
    }

    /// <summary>What a cell has, or null where it is empty.</summary>
    public static object? Read(object? cell)
    {
        object? value = cell is PSObject wrapped ? wrapped.BaseObject : cell;
        return value is string text && string.IsNullOrWhiteSpace(text) ? null : value;
    }
}
