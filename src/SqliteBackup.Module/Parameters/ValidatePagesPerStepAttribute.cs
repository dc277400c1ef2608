using System.Management.Automation;

namespace SqliteBackup.Parameters;

/// <summary>A positive number of pages, or -1 for all.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidatePagesPerStepAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        switch (arguments)
        {
            case 0:
                throw new ValidationMetadataException(
                    "A step of 0 pages copies nothing. Give a positive number, or -1 for all pages in one step; " +
                    "to pause a backup that is running, use Suspend-SqliteBackup.");
            case int pages when pages < 0 && pages != CopyOptions.AllPages:
                throw new ValidationMetadataException($"{pages} is no number of pages. Give a positive number, or -1 for all pages in one step.");
            default:
                break;
        }
    }
}
