using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SqliteBackup.Plans.Telling;

/// <summary>The machine's own log: syslog, which journald reads too, or the event log of Windows.</summary>
internal sealed class SystemLog(string plan) : ITeller
{
    private const string Source = "SqliteBackup";

    // The facility daemon, and severities of RFC 5424.
    private const int Facility = 3 << 3;
    private const int Error = 3;
    private const int Warning = 4;
    private const int Information = 6;
    private const int MaxEvent = 8_000;

    public string Name => "The system's log";

    public void Begin()
    {
    }

    public void End(PlanResult result, PlanMemory memory)
    {
        int severity = result.Outcome switch { PlanStatus.Failed => Error, PlanStatus.Incomplete => Warning, _ => Information };
        if (OperatingSystem.IsWindows())
        {
            WriteEvent(result.ToString(), severity, result.ExitCode);
            return;
        }

        string socket = OperatingSystem.IsMacOS() ? "/var/run/syslog" : "/dev/log";
        using var log = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        log.Connect(new UnixDomainSocketEndPoint(socket));
        foreach (string line in result.ToString().Split('\n'))
        {
            string stamp = DateTime.Now.ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
            _ = log.Send(Encoding.UTF8.GetBytes($"<{Facility + severity}>{stamp} sqlitebackup[{Environment.ProcessId}]: {(line.StartsWith(' ') ? $"{plan}: {line.Trim()}" : line)}"));
        }
    }

    // Windows brings it, and it makes the source where that is missing; the first time it needs an administrator.
    private static void WriteEvent(string text, int severity, int code)
    {
        string type = severity switch { Error => "ERROR", Warning => "WARNING", _ => "INFORMATION" };
        var start = new ProcessStartInfo(
            "eventcreate", ["/L", "APPLICATION", "/SO", Source, "/T", type, "/ID", $"{code + 1}", "/D", text.Length > MaxEvent ? text[..MaxEvent] : text])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"eventcreate ended with {process.ExitCode}: {error.Result.Trim()}");
        }
    }
}
