using System.Globalization;

namespace SqliteBackup.Schedules;

/// <summary>
/// A file for /etc/cron.d, or a line of a user's own table (crontab(5)). Cron makes up for nothing that the machine slept through; that a run is
/// not begun while another is at work is the plan's own doing.
/// </summary>
internal sealed class CronFormat : ISchedulerFormat
{
    public string Marker => "# SqliteBackup ";

    public IReadOnlyList<ScheduleFile> Files(ScheduleSpec spec, RunCommand command) =>
        [new(spec.IsUser ? "crontab" : $"{Folder(spec.IsUser)}/{spec.Unit}", $"{Marker}{spec.ToLine()}\n{Line(spec, command)}\n")];

    // A user's table is asked of crontab and given to it.
    public string Folder(bool isUser) => isUser ? "" : "/etc/cron.d";

    public IReadOnlyList<IReadOnlyList<string>> AfterWriting(ScheduleSpec spec) => [];

    public IReadOnlyList<IReadOnlyList<string>> BeforeRemoving(ScheduleSpec spec) => [];

    public IReadOnlyList<IReadOnlyList<string>> AfterRemoving(ScheduleSpec spec) => [];

    private static string Line(ScheduleSpec spec, RunCommand command)
    {
        ScheduleTimes times = spec.Times;
        string when = string.Create(CultureInfo.InvariantCulture, $"{times.Unit switch
        {
            ScheduleUnit.Minutes => $"{times.FirstMinute}-59/{times.Step} * * * *",
            ScheduleUnit.Hours => $"{times.FirstMinute} {times.FirstHour}-23/{times.Step} * * *",
            ScheduleUnit.Week => $"{times.FirstMinute} {times.FirstHour} * * 0",
            _ => $"{times.FirstMinute} {times.FirstHour} * * *",
        }}");
        string run = string.Join(' ', command.Arguments(spec, delays: true).Prepend(command.Program).Select(Quote));

        // Per cent is a new line there, in quotes too.
        return $"{when} {(spec.IsUser ? "" : "root ")}{run.Replace("%", "\\%", StringComparison.Ordinal)}";
    }

    private static string Quote(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:".Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
