using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace SqliteBackup.Repository.Format;

/// <summary>A file in <c>locks/</c>.</summary>
internal sealed record LockFile
{
    [JsonPropertyName("time")]
    public required DateTimeOffset Time { get; init; }

    [JsonPropertyName("exclusive")]
    public required bool Exclusive { get; init; }

    [JsonPropertyName("hostname")]
    public string HostName { get; init; } = "";

    [JsonPropertyName("username")]
    public string UserName { get; init; } = "";

    [JsonPropertyName("pid")]
    public int Pid { get; init; }

    /// <summary>
    /// Where the process id means something: two containers may have one name and each its own processes. restic neither writes nor reads it.
    /// </summary>
    [JsonPropertyName("sqlitebackup_pid_namespace")]
    public string? PidNamespace { get; init; }

    private static string? OwnNamespace { get; } =
        OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : null;

    public static LockFile Create(bool exclusive, DateTimeOffset now) => new()
    {
        Time = now,
        Exclusive = exclusive,
        HostName = Environment.MachineName,
        UserName = Environment.UserName,
        Pid = Environment.ProcessId,
        PidNamespace = OwnNamespace,
    };

    /// <summary>Whether nobody stands behind the lock any more: its last sign of life is too old, or its process on this machine has ended.</summary>
    public bool IsStale(DateTimeOffset now, TimeSpan staleAfter) =>
        now - Time > staleAfter
        || (HostName == Environment.MachineName && (PidNamespace ?? OwnNamespace) == OwnNamespace && Pid > 0 && !IsRunning(Pid));

    /// <summary>Who holds it, for a message.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"process {Pid} of {UserName} on {HostName} ({(Exclusive ? "exclusively" : "shared")}, last sign of life {Time.UtcDateTime:u})");

    private static bool IsRunning(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It runs, and as somebody else who does not tell us more.
            return true;
        }
    }
}
