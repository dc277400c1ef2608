using System.Management.Automation;

namespace SqliteBackup.Commands;

public sealed partial class BackupSqliteDatabaseCommand
{
    [Parameter]
    public SwitchParameter CheckForeignKeys { get; set; }

    [Parameter]
    public SwitchParameter KeepFailed { get; set; }
}
