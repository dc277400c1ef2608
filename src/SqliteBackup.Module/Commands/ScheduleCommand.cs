using System.Management.Automation;
using SqliteBackup.Parameters;
using SqliteBackup.Schedules;

namespace SqliteBackup.Commands;

/// <summary>A command about schedules that are installed.</summary>
public abstract class ScheduleCommand : ModuleCommand
{
    [Parameter]
    public SwitchParameter User { get; set; }

    /// <summary>Those of which the names are meant.</summary>
    private protected IEnumerable<(ScheduleSpec Spec, Scheduler Scheduler)> Find(IReadOnlyCollection<string> names)
    {
        Func<string, bool> isMeant = NameMatcher.Of(names, whenEmpty: true);
        return
            from kind in Scheduler.Possible
            let scheduler = new Scheduler(kind)
            from spec in scheduler.List(User)
            where isMeant(spec.Name)
            select (spec, scheduler);
    }

    /// <summary>A name without wildcards that no schedule has is an error.</summary>
    private protected void RefuseMissing(IEnumerable<string> names, IReadOnlyCollection<string> found)
    {
        foreach (string name in names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !found.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            Fail(new SqliteBackupException(BackupFailure.FileNotFound, name, $"There is no schedule '{name}'{(User ? " of this user's" : "")}. Get-SqliteBackupSchedule lists those that there are{(User ? "" : ", with -User those of your own")}."), name);
        }
    }
}
