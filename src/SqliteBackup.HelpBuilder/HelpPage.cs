namespace SqliteBackup.HelpBuilder;

/// <summary>What a page says about a cmdlet. What the cmdlet says itself is in <see cref="CmdletModel"/>.</summary>
internal sealed record HelpPage
{
    public required string File { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Synopsis { get; init; }

    public required IReadOnlyList<string> Description { get; init; }

    public required IReadOnlyList<HelpExample> Examples { get; init; }

    /// <summary>By name, without the dash.</summary>
    public required IReadOnlyList<HelpEntry> Parameters { get; init; }

    public required IReadOnlyList<HelpEntry> Inputs { get; init; }

    public required IReadOnlyList<HelpEntry> Outputs { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>
    /// Related links as text. Get-Help -Online would open the first that is given as an address, and no page of a cmdlet is anywhere on the web.
    /// </summary>
    public required IReadOnlyList<string> Links { get; init; }

    public HelpException Error(int line, string message) => new(File, line, message);
}

/// <summary>A heading of the third level and the paragraphs below it; for a parameter also its default in words, where the page gives one.</summary>
internal sealed record HelpEntry(string Name, IReadOnlyList<string> Text, string? Default, int Line);

internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks);
