using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks;

/// <summary>The ways to copy a database that are compared. Those that are programs of their own are timed with their start.</summary>
internal static class Peers
{
    private const string PythonBackup =
        "import sqlite3,sys\na=sqlite3.connect(sys.argv[1]); b=sqlite3.connect(sys.argv[2]); a.backup(b, pages=int(sys.argv[3])); b.close()";

    /// <summary>Everything that copies one database, this module's engine first.</summary>
    /// <param name="database">The source.</param>
    /// <param name="destination">Where each of them writes.</param>
    /// <param name="flush">Whether the peers' copies are flushed, as ours always is.</param>
    /// <param name="patience">When a program that has not ended is ended.</param>
    public static IReadOnlyList<Contender> All(string database, string destination, bool flush, TimeSpan? patience = null)
    {
        void Clean() => Remove(destination);
        string then = flush ? $" && sync '{destination}'" : "";
        return
        [
            new Contender("this engine, -Verify None", () => Engine(database, destination, VerifyLevel.None), Clean),
            new Contender("this engine, -Verify Quick", () => Engine(database, destination, VerifyLevel.Quick), Clean),
            Program("sqlite3 .backup", "sqlite3", "sh", ["-c", $"sqlite3 '{database}' \".backup '{destination}'\"{then}"], Clean, patience),
            Program("sqlite3 VACUUM INTO", "sqlite3", "sh", ["-c", $"sqlite3 '{database}' \"VACUUM INTO '{destination}'\"{then}"], Clean, patience),
            Program("Python Connection.backup", "python3", "sh", ["-c", $"python3 -c '{PythonBackup}' '{database}' '{destination}' -1{then}"], Clean, patience),
            new Contender("Microsoft.Data.Sqlite BackupDatabase", () => DataSqlite(database, destination, flush), Clean) { IsPeer = true },
            Program("cp", "cp", "sh", ["-c", $"cp '{database}' '{destination}'{then}"], Clean, patience),
        ];
    }

    /// <summary>Removes a copy, and what a program that was ended left beside it.</summary>
    public static void Remove(string copy)
    {
        foreach (string path in Directory.GetFiles(Path.GetDirectoryName(copy)!, Path.GetFileName(copy) + "*"))
        {
            File.Delete(path);
        }
    }

    public static Measurement Engine(string database, string destination, VerifyLevel verify, CopyOptions? copy = null)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        BackupResult result = DatabaseBackup.Run(
            new BackupRequest { Database = database, Destination = destination, Verify = verify, Copy = copy ?? new CopyOptions() }, null, default);
        return new Measurement(
            result.Duration.TotalSeconds,
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{result.CopyMode}, {result.Restarts} restarts, {result.Escalations} escalations, longest read lock {result.MaxReadLock:0} ms"));
    }

    /// <summary>A program, timed as a whole.</summary>
    public static Contender Program(
        string name, string needs, string program, string[] arguments, Action? prepare, TimeSpan? patience = null) =>
        new(name, () => Time(program, arguments, patience), prepare)
        {
            IsPeer = true,
            Missing = IsOnPath(needs) ? null : $"{needs} is not on PATH",
        };

    public static Measurement Time(string program, string[] arguments, TimeSpan? patience = null) =>
        Time(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }, patience);

    private static Measurement Time(ProcessStartInfo start, TimeSpan? patience)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        if (start.RedirectStandardInput)
        {
            process.StandardInput.Close();
        }

        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool ended = process.WaitForExit(patience ?? Timeout.InfiniteTimeSpan);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        _ = output.Result;
        return ended && process.ExitCode != 0
            ? Measurement.Failure(error.Result.Trim())
            : new Measurement(clock.Elapsed.TotalSeconds, null, ended ? null : "did not end");
    }

    /// <summary>PowerShell with this module, timed as a whole. An error in it ends the benchmark: its time would mean nothing.</summary>
    public static Measurement TimeModule(string command) => TimeShell(PowerShellStart.WithModule($"$ErrorActionPreference = 'Stop'; {command}"));

    /// <summary>PowerShell alone, timed as a whole.</summary>
    public static Measurement TimeShell(string command) => TimeShell(PowerShellStart.Plain("-Command", command));

    private static Measurement TimeShell(ProcessStartInfo start)
    {
        Measurement measurement = Time(start, null);
        return measurement.Note is null
            ? measurement
            : throw new InvalidOperationException($"pwsh -Command \"{start.ArgumentList[^1]}\" {measurement.Note}");
    }

    public static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static Measurement DataSqlite(string database, string destination, bool flush)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using (SqliteConnection source = SampleDatabase.Open(database, SqliteOpenMode.ReadOnly))
        using (SqliteConnection copy = SampleDatabase.Open(destination))
        {
            source.BackupDatabase(copy);
        }

        if (flush)
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(destination, access: FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }

        return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }
}
