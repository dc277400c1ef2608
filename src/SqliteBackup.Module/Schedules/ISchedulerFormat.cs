namespace SqliteBackup.Schedules;

/// <summary>The system's own schedulers.</summary>
public enum SchedulerKind
{
    /// <summary>A systemd service with a timer.</summary>
    Systemd,

    /// <summary>A line for cron.</summary>
    Cron,

    /// <summary>A launchd property list, of macOS.</summary>
    Launchd,

    /// <summary>A task of the Windows Task Scheduler.</summary>
    TaskScheduler,
}

/// <summary>A file of a scheduler's.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Text">What is in it.</param>
internal sealed record ScheduleFile(string Path, string Text);

/// <summary>How one scheduler is told of a schedule. What it would be told can be read on any platform.</summary>
internal interface ISchedulerFormat
{
    /// <summary>What comes before <see cref="ScheduleSpec.ToLine"/> in its files.</summary>
    string Marker { get; }

    /// <summary>What would be installed.</summary>
    IReadOnlyList<ScheduleFile> Files(ScheduleSpec spec, RunCommand command);

    /// <summary>The folder that its schedules are in.</summary>
    string Folder(bool isUser);

    /// <summary>The programs that make the scheduler take what was written, with their arguments.</summary>
    IReadOnlyList<IReadOnlyList<string>> AfterWriting(ScheduleSpec spec);

    /// <summary>Those that make it let go, before its files are removed.</summary>
    IReadOnlyList<IReadOnlyList<string>> BeforeRemoving(ScheduleSpec spec);

    /// <summary>Those that follow the removal.</summary>
    IReadOnlyList<IReadOnlyList<string>> AfterRemoving(ScheduleSpec spec);
}
