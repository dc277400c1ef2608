using System.Management.Automation;
using SqliteBackup.Registry;

namespace SqliteBackup.Commands;

/// <summary>Has running backups hold still, in whichever session they run.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "SqliteBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupStatus))]
public sealed class SuspendSqliteBackupCommand : ControlCommand
{
    private protected override ControlAction Action => ControlAction.Suspend;

    private protected override bool IsDone(BackupStatus status) => status.State == BackupState.Paused;
}
