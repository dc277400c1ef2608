using System.Management.Automation;
using SqliteBackup.Parameters;
using SqliteBackup.Schedules;

namespace SqliteBackup.Commands;

/// <summary>Has the system's own scheduler run a plan.</summary>
[Cmdlet(VerbsLifecycle.Register, "SqliteBackupSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(BackupSchedule), typeof(string))]
public sealed class RegisterSqliteBackupScheduleCommand : PlanCommand
{
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9_-]{1,60}$")]
    public string? Name { get; set; }

    [Parameter]
    public TimeOnly At { get; set; } = new(2, 30);

    [Parameter]
    [Age]
    public TimeSpan? Every { get; set; }

    [Parameter]
    [Age]
    public TimeSpan RandomDelay { get; set; }

    [Parameter]
    public SwitchParameter User { get; set; }

    [Parameter]
    public SchedulerKind? Kind { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PowerShellPath { get; set; }

    [Parameter]
    public SwitchParameter AsText { get; set; }

    private protected override void Process(string plan)
    {
        if (!File.Exists(plan))
        {
            throw new SqliteBackupException(BackupFailure.FileNotFound, plan, $"There is no plan '{plan}'. Check the path.");
        }

        var spec = new ScheduleSpec
        {
            Name = Name ?? string.Concat(System.IO.Path.GetFileNameWithoutExtension(plan).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')),
            Plan = plan,
            At = At,
            Every = Every,
            RandomDelay = RandomDelay,
            IsUser = User,
        };

        // What no scheduler can do is told before anything is written.
        _ = spec.Times;
        var scheduler = new Scheduler(Kind ?? Scheduler.Default);
        RunCommand command = RunCommand.Find(PowerShellPath is null ? null : Resolver.ResolveDestination(PowerShellPath), $"{GetVariableValue("PSHOME")}");
        if (AsText)
        {
            foreach (ScheduleFile file in scheduler.Format.Files(spec, command))
            {
                WriteObject($"# {file.Path}\n{file.Text}");
            }
        }
        else if (ShouldProcess(plan, $"Run it {spec.Times} by {scheduler.Kind}{(User ? " of this user" : "")}"))
        {
            scheduler.Install(spec, command);
            WriteObject(BackupSchedule.Of(spec, scheduler.Kind));
        }
    }
}
