using SqliteBackup.Plans;

namespace SqliteBackup.Schedules;

/// <summary>A schedule that is installed. Its shape is part of the module's contract.</summary>
public sealed record BackupSchedule
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the plan that it runs.</summary>
    public required string Plan { get; init; }

    /// <summary>Whose scheduler starts it.</summary>
    public required SchedulerKind Kind { get; init; }

    /// <summary>Whether it is this user's own, rather than the machine's.</summary>
    public bool User { get; init; }

    /// <summary>When it runs, in words.</summary>
    public required string Schedule { get; init; }

    /// <summary>By how much at most a run is put off.</summary>
    public TimeSpan RandomDelay { get; init; }

    /// <summary>When this user's last run of the plan began, UTC, however it was started; null where there was none.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>What it came to: Ok, Incomplete or Failed; null where it has not ended.</summary>
    public string? LastStatus { get; init; }

    /// <summary>When the next run is due, UTC, without the random delay.</summary>
    public DateTime NextRun { get; init; }

    internal static BackupSchedule Of(ScheduleSpec spec, SchedulerKind kind)
    {
        PlanMemory memory = PlanMemory.Of(spec.Plan);
        return new BackupSchedule
        {
            Name = spec.Name,
            Plan = spec.Plan,
            Kind = kind,
            User = spec.IsUser,
            Schedule = spec.Times.ToString(),
            RandomDelay = spec.RandomDelay,
            LastRun = memory.Runner.StartedAt == default ? null : memory.Runner.StartedAt,
            LastStatus = memory.Status?.ToString(),
            NextRun = spec.Times.NextAfter(DateTime.Now).ToUniversalTime(),
        };
    }
}
