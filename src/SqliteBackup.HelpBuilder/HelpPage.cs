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

    public required IReadOnlyList<HelpLink> Links { get; init; }

    public HelpException Error(int line, string message) => new(File, line, message);
}

/// <summary>A heading of the third level and the paragraphs below it; for a parameter also its default in words, where the page gives one.</summary>
internal sealed record HelpEntry(string Name, IReadOnlyList<string> Text, string? Default, int Line);

internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A related link. One to another page has no address.</summary>
internal sealed record HelpLink(string Text, string Uri);
