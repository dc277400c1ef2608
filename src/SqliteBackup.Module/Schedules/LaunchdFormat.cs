using System.Globalization;
using System.Xml.Linq;

namespace SqliteBackup.Schedules;

/// <summary>
/// A property list for launchd (launchd.plist(5)). It starts no second run beside the first, and makes up for runs that the machine slept through
/// when it wakes.
/// </summary>
internal sealed class LaunchdFormat : ISchedulerFormat
{
    public string Marker => "SqliteBackup ";

    public IReadOnlyList<ScheduleFile> Files(ScheduleSpec spec, RunCommand command) =>
        [new($"{Folder(spec.IsUser)}/{spec.Unit}.plist", Format(spec, command))];

    public string Folder(bool isUser) => isUser
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) + "/Library/LaunchAgents"
        : "/Library/LaunchDaemons";

    public IReadOnlyList<IReadOnlyList<string>> AfterWriting(ScheduleSpec spec) => [["launchctl", "load", "-w", $"{Folder(spec.IsUser)}/{spec.Unit}.plist"]];

    public IReadOnlyList<IReadOnlyList<string>> BeforeRemoving(ScheduleSpec spec) => [["launchctl", "unload", "-w", $"{Folder(spec.IsUser)}/{spec.Unit}.plist"]];

    public IReadOnlyList<IReadOnlyList<string>> AfterRemoving(ScheduleSpec spec) => [];

    private string Format(ScheduleSpec spec, RunCommand command)
    {
        var content = new XElement("dict",
            Pair("Label", new XElement("string", spec.Unit)),
            Pair("Comment", new XElement("string", Marker + spec.ToLine())),
            Pair("ProgramArguments", new XElement("array", command.Arguments(spec, delays: true).Prepend(command.Program).Select(argument => new XElement("string", argument)))),
            Pair("StartCalendarInterval", new XElement("array", Times(spec.Times))),
            Pair("ProcessType", new XElement("string", "Background")),
            Pair("LowPriorityIO", new XElement("true")));
        string body = new XElement("plist", new XAttribute("version", "1.0"), content).ToString().ReplaceLineEndings("\n");
        return $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            {body}

            """.ReplaceLineEndings("\n");
    }

    private static IEnumerable<XElement> Times(ScheduleTimes times) => times.Unit switch
    {
        ScheduleUnit.Minutes => Steps(times.FirstMinute, 60, times.Step).Select(minute => Time(("Minute", minute))),
        ScheduleUnit.Hours => Steps(times.FirstHour, 24, times.Step).Select(hour => Time(("Hour", hour), ("Minute", times.FirstMinute))),
        ScheduleUnit.Week => [Time(("Weekday", 0), ("Hour", times.FirstHour), ("Minute", times.FirstMinute))],
        _ => [Time(("Hour", times.FirstHour), ("Minute", times.FirstMinute))],
    };

    private static IEnumerable<int> Steps(int first, int end, int step) => Enumerable.Range(0, end).Where(number => number >= first && (number - first) % step == 0);

    private static XElement Time(params (string Name, int Value)[] parts) =>
        new("dict", parts.Select(part => Pair(part.Name, new XElement("integer", part.Value.ToString(CultureInfo.InvariantCulture)))));

    private static object[] Pair(string key, XElement value) => [new XElement("key", key), value];
}
