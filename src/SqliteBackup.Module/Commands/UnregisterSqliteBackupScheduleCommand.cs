using System.Management.Automation;
using SqliteBackup.Schedules;

namespace SqliteBackup.Commands;

/// <summary>Removes schedules. Their plans and backups stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "SqliteBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterSqliteBackupScheduleCommand : ScheduleCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord() => Try(null, () =>
    {
        (ScheduleSpec Spec, Scheduler Scheduler)[] found = [.. Find(Name)];
        foreach ((ScheduleSpec spec, Scheduler scheduler) in found)
        {
            if (ShouldProcess(spec.Name, $"Remove the schedule of '{spec.Plan}' from {scheduler.Kind}"))
            {
                Try(spec.Name, () => scheduler.Uninstall(spec));
            }
        }

        RefuseMissing(Name, [.. found.Select(schedule => schedule.Spec.Name)]);
    });
}
