using System.Management.Automation;
using SqliteBackup.Engine;
using SqliteBackup.Pipeline;

namespace SqliteBackup.Commands;

/// <summary>Has running backups hold still, in whichever session they run.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "SqliteBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupStatus))]
public sealed class SuspendSqliteBackupCommand : SteeringCommand
{
    private protected override BackupWish Wish => BackupWish.Suspend;

    private protected override bool IsDone(BackupStatus status) => status.State == BackupState.Paused;
}
