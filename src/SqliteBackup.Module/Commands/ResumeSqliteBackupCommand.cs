using System.Management.Automation;
using SqliteBackup.Registry;

namespace SqliteBackup.Commands;

/// <summary>Lets suspended backups go on, in whichever session they run.</summary>
[Cmdlet(VerbsLifecycle.Resume, "SqliteBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupStatus))]
public sealed class ResumeSqliteBackupCommand : ControlCommand
{
    private protected override ControlAction Action => ControlAction.Resume;

    private protected override bool IsDone(BackupStatus status) => status.State != BackupState.Paused;
}
