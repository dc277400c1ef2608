using System.Management.Automation;

namespace SqliteBackup.Pipeline;

/// <summary>
/// An empty cell of a CSV arrives as an empty string, which PowerShell would make a 0 or refuse. It means what leaving the parameter out means.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DefaultWhenBlankAttribute(object? value) : ArgumentTransformationAttribute
{
    public object? Value { get; } = value;

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null => Value,
            string text when string.IsNullOrWhiteSpace(text) => Value,
            _ => inputData,
        };
}
