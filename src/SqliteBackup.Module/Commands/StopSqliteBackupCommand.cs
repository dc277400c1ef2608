using System.Management.Automation;
using SqliteBackup.Engine;
using SqliteBackup.Pipeline;

namespace SqliteBackup.Commands;

/// <summary>Ends running backups, in whichever session they run, and leaves nothing of them.</summary>
[Cmdlet(VerbsLifecycle.Stop, "SqliteBackup", SupportsShouldProcess = true)]
[OutputType(typeof(BackupStatus))]
public sealed class StopSqliteBackupCommand : SteeringCommand
{
    private protected override BackupWish Wish => BackupWish.Stop;

    private protected override bool IsDone(BackupStatus status) => status.IsEnded;
}
