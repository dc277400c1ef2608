namespace SqliteBackup.Tool.CommandLine;

/// <summary>An option that may stand before the command.</summary>
internal enum LeadingOption
{
    Help,
    Version,
    Command,
    File,
    OutputFormat,
    NoLogo,
    NoProfile,
    NonInteractive,
}

/// <summary>Reads options as pwsh does: any case, one dash or two, and any beginning that is long enough to tell them apart.</summary>
internal static class LeadingOptions
{
    private static readonly (string Name, int Shortest, LeadingOption Option)[] Known =
    [
        ("help", 1, LeadingOption.Help),
        ("?", 1, LeadingOption.Help),
        ("version", 1, LeadingOption.Version),
        ("command", 1, LeadingOption.Command),
        ("file", 1, LeadingOption.File),
        ("outputformat", 1, LeadingOption.OutputFormat),
        ("of", 2, LeadingOption.OutputFormat),
        ("nologo", 3, LeadingOption.NoLogo),
        ("noprofile", 3, LeadingOption.NoProfile),
        ("noninteractive", 4, LeadingOption.NonInteractive),
    ];

    /// <summary>Whether <paramref name="argument"/> is an option, and which.</summary>
    /// <exception cref="UsageException">It looks like one, but there is none of that name.</exception>
    public static bool TryParse(string argument, out LeadingOption option)
    {
        option = default;
        if (argument == "/?")
        {
            option = LeadingOption.Help;
            return true;
        }

        if (argument.Length < 2 || argument[0] != '-')
        {
            return false;
        }

        string name = argument[(argument.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..];
        foreach ((string known, int shortest, LeadingOption match) in Known)
        {
            if (name.Length >= shortest && known.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                option = match;
                return true;
            }
        }

        throw new UsageException($"There is no option '{argument}'. 'sqlitebackup --help' lists the options.");
    }
}
