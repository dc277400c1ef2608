using System.Management.Automation;
using SqliteBackup.Engine;
using SqliteBackup.Pipeline;

namespace SqliteBackup.Commands;

/// <summary>Lets suspended backups go on, in whichever session they run.</summary>
[Cmdlet(VerbsLifecycle.Resume, "SqliteBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupStatus))]
public sealed class ResumeSqliteBackupCommand : SteeringCommand
{
    private protected override BackupWish Wish => BackupWish.Resume;

    private protected override bool IsDone(BackupStatus status) => status.State != BackupState.Paused;
}
