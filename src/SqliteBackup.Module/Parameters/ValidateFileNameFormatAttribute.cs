using System.Management.Automation;
using SqliteBackup.Storage;

namespace SqliteBackup.Parameters;

/// <summary>A pattern that <see cref="FileNameFormat"/> can read, or none: a bad one is refused before any work starts.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateFileNameFormatAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is not string { Length: > 0 } format)
        {
            return;
        }

        try
        {
            _ = FileNameFormat.Parse(format);
        }
        catch (FormatException e)
        {
            throw new ValidationMetadataException(e.Message, e);
        }
    }
}
