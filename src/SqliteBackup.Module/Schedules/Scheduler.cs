namespace SqliteBackup.Schedules;

/// <summary>One of the system's schedulers, as this machine has it.</summary>
internal sealed class Scheduler(SchedulerKind kind)
{
    public SchedulerKind Kind => kind;

    public ISchedulerFormat Format { get; } = kind switch
    {
        SchedulerKind.Systemd => new SystemdFormat(),
        SchedulerKind.Cron => new CronFormat(),
        SchedulerKind.Launchd => new LaunchdFormat(),
        _ => new TaskSchedulerFormat(),
    };

    /// <summary>The schedulers that this machine may have schedules of.</summary>
    public static IReadOnlyList<SchedulerKind> Possible =>
        OperatingSystem.IsWindows() ? [SchedulerKind.TaskScheduler]
        : OperatingSystem.IsMacOS() ? [SchedulerKind.Launchd, SchedulerKind.Cron]
        : [SchedulerKind.Systemd, SchedulerKind.Cron];

    /// <summary>The one that is at work here: systemd is where it booted the machine (sd_booted(3)).</summary>
    public static SchedulerKind Default => OperatingSystem.IsLinux() && !Directory.Exists("/run/systemd/system") ? SchedulerKind.Cron : Possible[0];

    /// <summary>Installs a schedule, in place of one of that name.</summary>
    /// <exception cref="SqliteBackupException">A file can't be written, or the scheduler refused.</exception>
    public void Install(ScheduleSpec spec, RunCommand command)
    {
        if (!Possible.Contains(kind))
        {
            throw new SqliteBackupException(
                BackupFailure.InvalidOption, spec.Plan, $"This machine has no {kind}, so nothing was installed. Use -Kind {string.Join(" or ", Possible)}, or -AsText to see what would be installed elsewhere.");
        }

        IReadOnlyList<ScheduleFile> files = Format.Files(spec, command);
        if (IsUserTable(spec))
        {
            UserTable.Write([.. UserTable.Without(UserTable.Read(), Format.Marker, spec.Name), .. files[0].Text.TrimEnd('\n').Split('\n')]);
            return;
        }

        foreach (ScheduleFile file in files)
        {
            Guard(file.Path, () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
                File.WriteAllText(file.Path, file.Text);
            });
        }

        RunAll(Format.AfterWriting(spec));
    }

    /// <summary>Removes a schedule.</summary>
    /// <exception cref="SqliteBackupException">A file can't be removed, or the scheduler refused.</exception>
    public void Uninstall(ScheduleSpec spec)
    {
        if (IsUserTable(spec))
        {
            UserTable.Write(UserTable.Without(UserTable.Read(), Format.Marker, spec.Name));
            return;
        }

        RunAll(Format.BeforeRemoving(spec));
        foreach (ScheduleFile file in Format.Files(spec, new RunCommand("", [], "")))
        {
            Guard(file.Path, () => File.Delete(file.Path));
        }

        RunAll(Format.AfterRemoving(spec));
    }

    /// <summary>The schedules that are installed.</summary>
    public IReadOnlyList<ScheduleSpec> List(bool isUser)
    {
        IEnumerable<string> lines = isUser && kind == SchedulerKind.Cron ? UserTable.Read() : Lines(Format.Folder(isUser));
        return
        [
            .. lines.Select(line => line.IndexOf(Format.Marker, StringComparison.Ordinal) is >= 0 and int at ? line[(at + Format.Marker.Length)..] : "")
                .Where(text => text.StartsWith('{'))
                .Select(text => ScheduleSpec.FromLine(text[..(text.LastIndexOf('}') + 1)]))
                .OfType<ScheduleSpec>()
                .DistinctBy(spec => spec.Name),
        ];
    }

    private bool IsUserTable(ScheduleSpec spec) => kind == SchedulerKind.Cron && spec.IsUser;

    private static IEnumerable<string> Lines(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        IEnumerable<string> Read(string path) => path.EndsWith(".plist", StringComparison.Ordinal) || path.EndsWith(".xml", StringComparison.Ordinal)
            ? System.Xml.Linq.XDocument.Load(path).Descendants().Where(element => !element.HasElements).Select(element => element.Value)
            : File.ReadLines(path);
        return Directory.EnumerateFiles(folder, "sqlitebackup-*").Order(StringComparer.Ordinal).SelectMany(Read);
    }

    private static void RunAll(IEnumerable<IReadOnlyList<string>> programs)
    {
        foreach (IReadOnlyList<string> program in programs)
        {
            _ = SchedulerProgram.Run(program);
        }
    }

    private static void Guard(string path, Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SqliteBackupException(
                BackupFailure.DestinationOpenFailed, path, $"'{path}' can't be changed: {exception.Message} Run this as an administrator, or use -User for a schedule of your own.", innerException: exception);
        }
    }
}
