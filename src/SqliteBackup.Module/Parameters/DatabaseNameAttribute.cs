using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>Takes databases as names and paths, and as the objects that Get-ChildItem and this module's own cmdlets give.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DatabaseNameAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Properties = ["Database", "FullName", "Path"];

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string => value,
            object[] list => list.Select(item => NameOf(item)).ToArray(),
            _ => NameOf(inputData),
        };
    }

    private static object NameOf(object item)
    {
        var wrapped = PSObject.AsPSObject(item);
        return wrapped.BaseObject is string
            ? wrapped.BaseObject
            : Properties.Select(name => wrapped.Properties[name]?.Value as string).FirstOrDefault(name => name is not null) ?? item;
    }
}
