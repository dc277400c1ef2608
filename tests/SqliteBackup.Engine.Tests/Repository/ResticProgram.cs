using System.Diagnostics;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>Debian's restic, the judge of every repository here.</summary>
internal sealed class ResticProgram(string repository, string password)
{
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "restic.exe" : "restic")));

    public static void SkipIfMissing() => Assert.SkipUnless(IsInstalled, "restic is not installed: on Debian, apt-get install restic");

    /// <summary>Runs it; it has to end well.</summary>
    public string Run(params string[] arguments)
    {
        (int code, string output) = TryRun(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"restic {string.Join(' ', arguments)} ended with {code}: {output}");
    }

    /// <summary>Runs it, come what may.</summary>
    public (int Code, string Output) TryRun(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("restic", ["-r", repository, "--no-cache", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RESTIC_PASSWORD"] = password;
        return Process.Start(start)!;
    }

    /// <summary>Has it look at everything; it has to find nothing.</summary>
    public void Check()
    {
        string output = Run("check", "--read-data");
        Assert.Contains("no errors were found", output);
    }
}
