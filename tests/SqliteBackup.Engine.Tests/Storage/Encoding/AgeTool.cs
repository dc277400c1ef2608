using System.Diagnostics;

namespace SqliteBackup.Engine.Tests.Storage.Encoding;

/// <summary>The age of the distribution, as the judge of ours.</summary>
internal static class AgeTool
{
    /// <summary>Skips the test where it is not installed.</summary>
    public static void SkipWithout() =>
        Assert.SkipUnless(Find("age") is not null && Find("age-keygen") is not null, "age and age-keygen are not on PATH: install the package 'age'.");

    /// <summary>Runs one of its programs.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error}");
        return output.Trim();
    }

    /// <summary>Whether age opens a file with a key.</summary>
    public static bool Opens(string file, string keyFile)
    {
        using Process process = Start("age", "--decrypt", "-i", keyFile, "-o", "/dev/null", file);
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static string? Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
