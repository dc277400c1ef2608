namespace SqliteBackup.Tool.CommandLine;

/// <summary>What one run of <c>sqlitebackup</c> is asked to do.</summary>
internal enum ToolAction
{
    /// <summary>Print how the tool is used.</summary>
    Help,

    /// <summary>Print the version.</summary>
    Version,

    /// <summary>Run <see cref="ToolArguments.Command"/>.</summary>
    Command,

    /// <summary>Run the script <see cref="ToolArguments.File"/> with <see cref="ToolArguments.Rest"/>.</summary>
    File,

    /// <summary>Run the script on standard input.</summary>
    StandardInput,

    /// <summary>Show the newcomer what the module does.</summary>
    Demo,

    /// <summary>One of the demonstration's own processes. Not for users.</summary>
    DemoProcess,
}

/// <summary>How results are printed.</summary>
internal enum OutputFormat
{
    /// <summary>Through the module's format views.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>The arguments of one run, read by pwsh's rules.</summary>
internal sealed record ToolArguments(ToolAction Action)
{
    public string Command { get; init; } = "";

    public string File { get; init; } = "";

    /// <summary>What follows the script's name or the subcommand.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    public OutputFormat OutputFormat { get; init; }

    public bool NonInteractive { get; init; }

    /// <summary>Reads <paramref name="args"/>.</summary>
    /// <exception cref="UsageException">They ask for something that does not exist.</exception>
    public static ToolArguments Parse(IReadOnlyList<string> args, bool inputIsTerminal)
    {
        OutputFormat format = OutputFormat.Text;
        bool nonInteractive = false;

        int next = 0;
        while (next < args.Count && LeadingOptions.TryParse(args[next], out LeadingOption option))
        {
            next++;
            switch (option)
            {
                case LeadingOption.Help:
                    return new ToolArguments(ToolAction.Help);
                case LeadingOption.Version:
                    return new ToolArguments(ToolAction.Version);
                case LeadingOption.NoLogo or LeadingOption.NoProfile:
                    break;
                case LeadingOption.NonInteractive:
                    nonInteractive = true;
                    break;
                case LeadingOption.OutputFormat:
                    format = ParseFormat(args, next++);
                    break;
                case LeadingOption.Command:
                    return CommandFrom(args.Skip(next).ToList()) with { OutputFormat = format, NonInteractive = nonInteractive };
                case LeadingOption.File:
                    return FileFrom(args.Skip(next).ToList()) with { OutputFormat = format, NonInteractive = nonInteractive };
                default:
                    throw new InvalidOperationException($"The option {option} has no reading.");
            }
        }

        return BareFrom(args.Skip(next).ToList(), inputIsTerminal) with { OutputFormat = format, NonInteractive = nonInteractive };
    }

    private static OutputFormat ParseFormat(IReadOnlyList<string> args, int index)
    {
        string value = index < args.Count ? args[index] : "";
        return value.ToUpperInvariant() switch
        {
            "JSON" => OutputFormat.Json,
            "TEXT" => OutputFormat.Text,
            _ => throw new UsageException($"-OutputFormat takes Text or Json, not '{value}'."),
        };
    }

    private static ToolArguments CommandFrom(List<string> rest) => rest switch
    {
        [] => throw new UsageException("-Command needs a command."),
        ["-"] => new ToolArguments(ToolAction.StandardInput),
        ["-", ..] => throw new UsageException("-Command - reads the command from standard input; nothing may follow it."),
        _ => new ToolArguments(ToolAction.Command) { Command = string.Join(' ', rest) },
    };

    private static ToolArguments FileFrom(List<string> rest) => rest switch
    {
        [] => throw new UsageException("-File needs the path of a script."),
        ["-", .. List<string> arguments] => new ToolArguments(ToolAction.StandardInput) { Rest = arguments },
        [string file, .. List<string> arguments] => new ToolArguments(ToolAction.File) { File = file, Rest = arguments },
    };

    private static ToolArguments BareFrom(List<string> rest, bool inputIsTerminal) => rest switch
    {
        [] => new ToolArguments(inputIsTerminal ? ToolAction.Help : ToolAction.StandardInput),
        ["-"] => new ToolArguments(ToolAction.StandardInput),
        ["demo", .. List<string> arguments] => new ToolArguments(ToolAction.Demo) { Rest = arguments },
        ["demo-process", .. List<string> arguments] => new ToolArguments(ToolAction.DemoProcess) { Rest = arguments },
        _ => new ToolArguments(ToolAction.Command) { Command = CommandWords.Join(rest) },
    };
}
