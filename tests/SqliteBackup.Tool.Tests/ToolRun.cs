using System.Diagnostics;
using System.Text;

namespace SqliteBackup.Tool.Tests;

/// <summary>One run of <c>sqlitebackup</c>, and what it left.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Runs it with <paramref name="arguments"/> and nothing on standard input.</summary>
    public static ToolRun Of(params string[] arguments) => WithInput("", arguments);

    public static ToolRun WithInput(string input, params string[] arguments)
    {
        using Process process = Start(Build.Tool, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return Finish(process);
    }

    /// <summary>Runs it in a pseudo terminal; what it shows there is the output.</summary>
    public static ToolRun InTerminal(string input, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "A pseudo terminal is made with util-linux's script, which is not here.");
        string command = $"stty cols 130 rows 30; {string.Join(' ', arguments.Prepend(Build.Tool).Select(Quoted))}";
        using Process process = Start("/usr/bin/script", "--quiet", "--return", "--command", command, "/dev/null");
        process.StandardInput.Write(input);
        process.StandardInput.Flush();
        return Finish(process);
    }

    /// <summary>Starts a program without waiting for it.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        return Process.Start(start)!;
    }

    /// <summary>Waits for <paramref name="process"/>.</summary>
    public static ToolRun Finish(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end within {Limit}. Until then it wrote: {output.Result} {error.Result}");
        }

        return new ToolRun(process.ExitCode, output.Result, error.Result);
    }

    private static string Quoted(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
