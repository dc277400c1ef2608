using System.Management.Automation;
using SqliteBackup.Tool.CommandLine;
using SqliteBackup.Tool.Demo;
using SqliteBackup.Tool.Hosting;

namespace SqliteBackup.Tool;

/// <summary>From the arguments of the process to its exit code.</summary>
internal static class Entry
{
    private const int ExitError = 1;
    private const int ExitUsage = 64;

    public static int Run(string[] args)
    {
        // The engine would report its use to Microsoft; a backup tool does not call home. It reads this once, when it is loaded.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

        using StandardStreams streams = StandardStreams.Open();
        try
        {
            return Run(ToolArguments.Parse(args, streams.InputIsTerminal), streams);
        }
        catch (UsageException error)
        {
            streams.WriteErrorLine("sqlitebackup: " + error.Message);
            return ExitUsage;
        }
        catch (ToolException error)
        {
            streams.WriteErrorLine("sqlitebackup: " + error.Message, PSStyle.Instance.Formatting.Error);
            return ExitError;
        }
    }

    private static int Run(ToolArguments arguments, StandardStreams streams)
    {
        switch (arguments.Action)
        {
            case ToolAction.Help:
                streams.WriteLine(HelpText.Text);
                return 0;
            case ToolAction.Version:
                streams.WriteLine($"sqlitebackup {typeof(Entry).Assembly.GetName().Version!.ToString(3)}");
                return 0;
            case ToolAction.Demo:
                return DemoCommand.Run(arguments.Rest, streams);
            case ToolAction.DemoProcess:
                return DemoProcess.Run(arguments.Rest, streams);
            default:
                ShellScript script = ShellScript.From(arguments);
                using (ShellSession session = new(streams, arguments.OutputFormat, !arguments.NonInteractive))
                {
                    return session.Run(script);
                }
        }
    }
}
