using System.Management.Automation;

namespace SqliteBackup.Output;

/// <summary>Makes one error record of what fails about one file, so that the others go on.</summary>
internal static class SqlTextErrors
{
    public static void Guard(PSCmdlet cmdlet, string target, Action work)
    {
        try
        {
            work();
        }
        catch (SqliteBackupException exception)
        {
            cmdlet.WriteError(ErrorRecords.Create(exception, target));
        }
        catch (OperationCanceledException) when (cmdlet.Stopping)
        {
            // A user's wish, not an error.
        }
    }
}
