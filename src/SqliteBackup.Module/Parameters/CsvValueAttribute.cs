using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>
/// Reads an option from a cell of a CSV as well as from a command line. An empty cell means what leaving the parameter out means,
/// where PowerShell would make it a 0; and a cell that can't be read is an error, where PowerShell would take the default without a word.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CsvValueAttribute(Type type, object? blank) : ArgumentTransformationAttribute
{
    public Type Type { get; } = type;

    public object? Blank { get; } = blank;

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null || (value is string text && string.IsNullOrWhiteSpace(text)))
        {
            return Blank;
        }

        if (Type == typeof(TimeSpan))
        {
            return AgeAttribute.Read(inputData!);
        }

        // An exception with a failed cast inside would be ignored by the binder for values from the pipeline.
        return LanguagePrimitives.TryConvertTo(value, Type, out object converted)
            ? converted
            : throw new ArgumentTransformationMetadataException(
                Type.IsEnum
                    ? $"'{value}' is none of {string.Join(", ", Enum.GetNames(Type))}."
                    : $"'{value}' is no {(Type == typeof(double) ? "number" : "whole number")}, or it is too large.");
    }
}
