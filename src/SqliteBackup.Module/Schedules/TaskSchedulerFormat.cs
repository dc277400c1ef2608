using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace SqliteBackup.Schedules;

/// <summary>
/// A task of the Windows Task Scheduler (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema). IgnoreNew keeps a second run
/// from starting beside the first, StartWhenAvailable makes up for a missed one.
/// </summary>
internal sealed class TaskSchedulerFormat : ISchedulerFormat
{
    private static readonly XNamespace Task = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    // A boundary needs a date; it only has to be past.
    private static readonly DateOnly Begin = new(2024, 1, 7);

    public string Marker => "SqliteBackup ";

    public IReadOnlyList<ScheduleFile> Files(ScheduleSpec spec, RunCommand command) => [new($@"{Folder(spec.IsUser)}\{spec.Unit}.xml", Format(spec, command))];

    // Elsewhere it is only shown.
    public string Folder(bool isUser) => Environment.ExpandEnvironmentVariables(isUser ? @"%LocalAppData%\SqliteBackup\schedules" : @"%ProgramData%\SqliteBackup\schedules");

    public IReadOnlyList<IReadOnlyList<string>> AfterWriting(ScheduleSpec spec) =>
        [["schtasks", "/Create", "/F", "/TN", Name(spec), "/XML", $@"{Folder(spec.IsUser)}\{spec.Unit}.xml"]];

    public IReadOnlyList<IReadOnlyList<string>> BeforeRemoving(ScheduleSpec spec) => [["schtasks", "/Delete", "/F", "/TN", Name(spec)]];

    public IReadOnlyList<IReadOnlyList<string>> AfterRemoving(ScheduleSpec spec) => [];

    private static string Name(ScheduleSpec spec) => $@"\SqliteBackup\{spec.Name}";

    private string Format(ScheduleSpec spec, RunCommand command)
    {
        XElement principal = spec.IsUser
            ? Element("Principal", new XAttribute("id", "Author"), Element("LogonType", "InteractiveToken"), Element("RunLevel", "LeastPrivilege"))
            : Element("Principal", new XAttribute("id", "Author"), Element("UserId", "S-1-5-18"), Element("RunLevel", "HighestAvailable"));
        var task = Element("Task",
            new XAttribute("version", "1.2"),
            Element("RegistrationInfo", Element("Description", Marker + spec.ToLine())),
            Element("Triggers", Trigger(spec)),
            Element("Principals", principal),
            Element("Settings",
                Element("MultipleInstancesPolicy", "IgnoreNew"),
                Element("DisallowStartIfOnBatteries", "false"),
                Element("StopIfGoingOnBatteries", "false"),
                Element("StartWhenAvailable", "true"),
                Element("ExecutionTimeLimit", "PT0S"),
                Element("Priority", "8")),
            Element("Actions",
                new XAttribute("Context", "Author"),
                Element("Exec",
                    Element("Command", command.Program),
                    Element("Arguments", string.Join(' ', command.Arguments(spec, delays: false).Select(Quote))))));
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{task.ToString().ReplaceLineEndings("\n")}\n";
    }

    private static XElement Trigger(ScheduleSpec spec)
    {
        ScheduleTimes times = spec.Times;
        TimeOnly first = new(times.Unit == ScheduleUnit.Minutes ? 0 : times.FirstHour, times.FirstMinute);
        XElement? repetition = times.Unit switch
        {
            ScheduleUnit.Minutes => Repeat(TimeSpan.FromMinutes(times.Step)),
            ScheduleUnit.Hours => Repeat(TimeSpan.FromHours(times.Step)),
            _ => null,
        };
        return Element("CalendarTrigger",
            repetition,
            Element("StartBoundary", Begin.ToDateTime(first).ToString("s", CultureInfo.InvariantCulture)),
            Element("Enabled", "true"),
            spec.RandomDelay > TimeSpan.Zero ? Element("RandomDelay", XmlConvert.ToString(spec.RandomDelay)) : null,
            times.Unit == ScheduleUnit.Week
                ? Element("ScheduleByWeek", Element("DaysOfWeek", Element("Sunday")), Element("WeeksInterval", "1"))
                : Element("ScheduleByDay", Element("DaysInterval", "1")));
    }

    private static XElement Repeat(TimeSpan step) => Element("Repetition", Element("Interval", XmlConvert.ToString(step)), Element("Duration", "P1D"));

    private static XElement Element(string name, params object?[] content) => new(Task + name, content);

    // As CommandLineToArgvW reads it: backslashes count only before a quote.
    private static string Quote(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAny(" \t\"'")
            ? text
            : "\"" + System.Text.RegularExpressions.Regex.Replace(text, @"(\\*)(""|\z)", match => new string('\\', match.Groups[1].Length * 2) + (match.Groups[2].Length > 0 ? "\\\"" : "")) + "\"";
}
