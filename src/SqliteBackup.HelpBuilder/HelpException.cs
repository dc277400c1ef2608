namespace SqliteBackup.HelpBuilder;

/// <summary>A fault in a page, at a place that an editor can go to.</summary>
internal sealed class HelpException(string file, int line, string message) : Exception(message)
{
    /// <summary>In the form that MSBuild and editors read.</summary>
    public string Report => $"{file}({line}): error HELP: {Message}";
}
