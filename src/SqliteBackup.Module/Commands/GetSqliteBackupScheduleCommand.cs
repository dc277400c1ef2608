using System.Management.Automation;
using SqliteBackup.Schedules;

namespace SqliteBackup.Commands;

/// <summary>Lists the schedules that are installed, with their last and next runs.</summary>
[Cmdlet(VerbsCommon.Get, "SqliteBackupSchedule")]
[OutputType(typeof(BackupSchedule))]
public sealed class GetSqliteBackupScheduleCommand : ScheduleCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord() => Try(null, () =>
    {
        BackupSchedule[] found = [.. Find(Name).Select(schedule => BackupSchedule.Of(schedule.Spec, schedule.Scheduler.Kind))];
        WriteObject(found, enumerateCollection: true);
        RefuseMissing(Name, [.. found.Select(schedule => schedule.Name)]);
    });
}
