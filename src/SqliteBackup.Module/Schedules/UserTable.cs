namespace SqliteBackup.Schedules;

/// <summary>A user's own cron table, which only crontab may read and write.</summary>
internal static class UserTable
{
    /// <summary>Its lines; none where there is no table.</summary>
    public static IReadOnlyList<string> Read() => SchedulerProgram.Run(["crontab", "-l"], isRefusalFine: true) is { Length: > 0 } text ? text.TrimEnd('\n').Split('\n') : [];

    /// <summary>Replaces it.</summary>
    public static void Write(IEnumerable<string> lines) => _ = SchedulerProgram.Run(["crontab", "-"], string.Concat(lines.Select(line => line + '\n')));

    /// <summary>The lines without a schedule's: its mark, and the line after it.</summary>
    public static IReadOnlyList<string> Without(IReadOnlyList<string> lines, string marker, string name)
    {
        bool IsMark(int index) =>
            index >= 0 && lines[index].StartsWith(marker, StringComparison.Ordinal) && ScheduleSpec.FromLine(lines[index][marker.Length..])?.Name == name;
        return [.. lines.Where((_, index) => !IsMark(index) && !IsMark(index - 1))];
    }
}
