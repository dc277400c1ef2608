using System.Globalization;

namespace SqliteBackup.Schedules;

/// <summary>
/// A service that runs once and a timer that starts it (https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html). A service
/// that still runs is not started again, and Persistent makes up for a night that the machine slept through.
/// </summary>
internal sealed class SystemdFormat : ISchedulerFormat
{
    // What a backup can do without. Not ProtectSystem=strict nor PrivateTmp: databases and destinations may be anywhere, and a WAL database needs
    // its -shm. Not MemoryDenyWriteExecute: .NET compiles as it runs.
    private const string Hardening = """
        NoNewPrivileges=yes
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        UMask=0077

        """;

    // A user's manager may not set these.
    private const string SystemHardening = """
        ProtectSystem=full
        ProtectKernelTunables=yes
        ProtectKernelModules=yes
        ProtectKernelLogs=yes
        ProtectControlGroups=yes
        ProtectClock=yes
        ProtectHostname=yes
        PrivateDevices=yes
        RestrictNamespaces=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

        """;

    public string Marker => "X-SqliteBackup=";

    public IReadOnlyList<ScheduleFile> Files(ScheduleSpec spec, RunCommand command) =>
    [
        new($"{Folder(spec.IsUser)}/{spec.Unit}.service", Service(spec, command)),
        new($"{Folder(spec.IsUser)}/{spec.Unit}.timer", Timer(spec)),
    ];

    public string Folder(bool isUser) => isUser
        ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify) + "/systemd/user"
        : "/etc/systemd/system";

    public IReadOnlyList<IReadOnlyList<string>> AfterWriting(ScheduleSpec spec) =>
        [Systemctl(spec, "daemon-reload"), Systemctl(spec, "enable", "--now", spec.Unit + ".timer")];

    public IReadOnlyList<IReadOnlyList<string>> BeforeRemoving(ScheduleSpec spec) => [Systemctl(spec, "disable", "--now", spec.Unit + ".timer")];

    public IReadOnlyList<IReadOnlyList<string>> AfterRemoving(ScheduleSpec spec) => [Systemctl(spec, "daemon-reload")];

    private string Service(ScheduleSpec spec, RunCommand command) => $"""
        [Unit]
        Description=SQLite backups of the plan {Plain(spec.Plan)}
        {(spec.IsUser ? "" : "Wants=network-online.target\nAfter=network-online.target\n")}{Marker}{spec.ToLine()}

        [Service]
        Type=oneshot
        ExecStart={string.Join(' ', command.Arguments(spec, delays: false).Prepend(command.Program).Select(Quote))}
        Environment=POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
        Nice=10
        IOSchedulingClass=best-effort
        IOSchedulingPriority=7
        {Hardening}{(spec.IsUser ? "" : SystemHardening)}
        """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private string Timer(ScheduleSpec spec) => $"""
        [Unit]
        Description=Timer of the SQLite backups of the plan {Plain(spec.Plan)}
        {Marker}{spec.ToLine()}

        [Timer]
        OnCalendar={Calendar(spec.Times)}
        {(spec.RandomDelay > TimeSpan.Zero ? $"RandomizedDelaySec={(int)spec.RandomDelay.TotalSeconds}s\n" : "")}Persistent=true
        Unit={spec.Unit}.service

        [Install]
        WantedBy=timers.target

        """.ReplaceLineEndings("\n");

    private static string Calendar(ScheduleTimes times) => string.Create(CultureInfo.InvariantCulture, $"{times.Unit switch
    {
        ScheduleUnit.Minutes => $"*-*-* *:{times.FirstMinute:00}/{times.Step}:00",
        ScheduleUnit.Hours => $"*-*-* {times.FirstHour:00}/{times.Step}:{times.FirstMinute:00}:00",
        ScheduleUnit.Week => $"Sun *-*-* {times.FirstHour:00}:{times.FirstMinute:00}:00",
        _ => $"*-*-* {times.FirstHour:00}:{times.FirstMinute:00}:00",
    }}");

    // Per cent begins a specifier there, and a dollar a variable.
    private static string Plain(string text) => text.Replace("%", "%%", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Quote(string text) =>
        $"\"{Plain(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)}\"";

    private static List<string> Systemctl(ScheduleSpec spec, params string[] arguments) =>
        spec.IsUser ? ["systemctl", "--user", .. arguments] : ["systemctl", .. arguments];
}
