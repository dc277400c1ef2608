using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>A level that Zstandard knows; gzip takes those above 9 as 9.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateCompressionLevelAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is int level && level is < 1 or > 22)
        {
            throw new ValidationMetadataException($"{level} is no compression level: 1 (fastest) to 22 (smallest) for Zstd, 1 to 9 for Gzip.");
        }
    }
}
