using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>
/// Takes an object in the place of its name: <c>Test-SqliteBackup (Get-SqliteBackup ...)</c> means what the pipeline would mean. Of the
/// properties named, the first that the object has counts. A path from an object is no pattern.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ObjectNameAttribute(params string[] properties) : ArgumentTransformationAttribute
{
    /// <summary>The properties, the first that an object has first.</summary>
    public IReadOnlyList<string> Properties => properties;

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is object[] list ? list.Select(NameOf).ToArray() : NameOf(inputData);
    }

    private object NameOf(object item)
    {
        var wrapped = PSObject.AsPSObject(item);

        // Rows, as of a CSV, are for the parameters by their columns.
        bool isRow = wrapped.BaseObject is PSCustomObject && !wrapped.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal);
        return wrapped.BaseObject is string || isRow
            ? item
            : properties.Select(name => wrapped.Properties[name]?.Value as string).FirstOrDefault(name => !string.IsNullOrEmpty(name)) is string found
                ? WildcardPattern.Escape(found)
                : item;
    }
}
