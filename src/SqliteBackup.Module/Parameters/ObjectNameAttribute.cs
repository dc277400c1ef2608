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

    /// <summary>
    /// Whether the Path of a row counts, which is a pattern: for a parameter that is not bound by its name, as what has a Destination, too, is
    /// meant by that.
    /// </summary>
    public bool TakesPathOfRow { get; set; }

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is object[] list ? list.Select(NameOf).ToArray() : NameOf(inputData);
    }

    private object NameOf(object item)
    {
        var wrapped = PSObject.AsPSObject(item);

        if (wrapped.BaseObject is string)
        {
            return item;
        }

        // Rows, as of a CSV, are for the parameters by their columns; where there is none for the path, by that of our own objects.
        bool isRow = wrapped.BaseObject is PSCustomObject && !wrapped.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal);
        if (isRow && TakesPathOfRow && wrapped.Properties["Destination"] is null && wrapped.Properties["Path"]?.Value is string { Length: > 0 } pattern)
        {
            return pattern;
        }

        IEnumerable<string> columns = !isRow ? properties : wrapped.Properties["Path"] is null ? properties.Where(name => name == "Backup") : [];
        return columns.Select(name => wrapped.Properties[name]?.Value as string).FirstOrDefault(name => !string.IsNullOrEmpty(name)) is string found
            ? WildcardPattern.Escape(found)
            : item;
    }
}
