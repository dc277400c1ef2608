using System.Management.Automation;
using SqliteBackup.Registry;

namespace SqliteBackup.Commands;

/// <summary>Ends running backups, in whichever session they run, and leaves nothing of them.</summary>
[Cmdlet(VerbsLifecycle.Stop, "SqliteBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupStatus))]
public sealed class StopSqliteBackupCommand : ControlCommand
{
    private protected override ControlAction Action => ControlAction.Stop;

    private protected override bool IsDone(BackupStatus status) => status.IsEnded;
}
