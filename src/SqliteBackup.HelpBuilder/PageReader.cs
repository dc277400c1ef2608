using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SqliteBackup.HelpBuilder;

/// <summary>Reads a page: platyPS's headings, prose and examples. Each heading is there once, and none that is not known.</summary>
internal sealed class PageReader
{
    private static readonly string[] Headings =
        ["SYNOPSIS", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];

    private readonly string _file;
    private readonly Dictionary<string, List<Block>> _sections = [];

    private PageReader(string file) => _file = file;

    public static HelpPage Read(string file) => new PageReader(file).Read();

    /// <summary>Reads the parameters that several cmdlets have: headings of the third level and their texts, below the file's title.</summary>
    public static IReadOnlyList<HelpEntry> ReadShared(string file)
    {
        var reader = new PageReader(file);
        reader._sections["PARAMETERS"] = [.. Markdown.Parse(File.ReadAllText(file)).Skip(1)];
        return [.. reader.Parts("PARAMETERS").Select(reader.Parameter)];
    }

    private HelpPage Read()
    {
        MarkdownDocument document = Markdown.Parse(File.ReadAllText(_file));
        string name = Path.GetFileNameWithoutExtension(_file);
        if (document.FirstOrDefault() is not HeadingBlock { Level: 1 } title || TextOf(title) != name)
        {
            throw Error(1, $"The page begins with '# {name}'.");
        }

        Divide(document.Skip(1));
        return new HelpPage
        {
            File = _file,
            Name = name,
            Synopsis = Paragraphs(_sections["SYNOPSIS"]),
            Description = Paragraphs(_sections["DESCRIPTION"]),
            Examples = [.. Parts("EXAMPLES").Select(Example)],
            Parameters = [.. Parts("PARAMETERS").Select(Parameter)],
            Inputs = [.. Parts("INPUTS").Select(part => Entry(part.Heading, part.Body))],
            Outputs = [.. Parts("OUTPUTS").Select(part => Entry(part.Heading, part.Body))],
            Notes = Paragraphs(_sections["NOTES"]),
            Links = [.. _sections["RELATED LINKS"].SelectMany(Links)],
        };
    }

    private void Divide(IEnumerable<Block> blocks)
    {
        List<Block>? section = null;
        foreach (Block block in blocks)
        {
            if (block is HeadingBlock { Level: 2 } heading)
            {
                string name = TextOf(heading);
                section = [];
                if (!Headings.Contains(name) || !_sections.TryAdd(name, section))
                {
                    throw Error(heading.Line + 1, $"'{name}' is not a heading of help, or is there twice. The headings are {string.Join(", ", Headings)}.");
                }
            }
            else if (section is null)
            {
                throw Error(block.Line + 1, "There is text before '## SYNOPSIS'.");
            }
            else
            {
                section.Add(block);
            }
        }

        foreach (string missing in Headings.Where(heading => !_sections.TryGetValue(heading, out List<Block>? found) || found.Count == 0))
        {
            throw Error(1, $"'## {missing}' is missing or empty.");
        }
    }

    private IEnumerable<(HeadingBlock Heading, List<Block> Body)> Parts(string name)
    {
        List<Block> section = _sections[name];
        if (section[0] is not HeadingBlock)
        {
            throw Error(section[0].Line + 1, $"What is below '## {name}' has headings of its own, with ###.");
        }

        for (int start = 0, end; start < section.Count; start = end)
        {
            end = section.FindIndex(start + 1, block => block is HeadingBlock);
            end = end < 0 ? section.Count : end;
            if (end == start + 1)
            {
                throw Error(section[start].Line + 1, $"There is no text below '{TextOf((HeadingBlock)section[start])}'.");
            }

            yield return ((HeadingBlock)section[start], section[(start + 1)..end]);
        }
    }

    private HelpExample Example((HeadingBlock Heading, List<Block> Body) part) =>
        part.Body is [FencedCodeBlock code, .. List<Block> remarks] && remarks.Count > 0
            ? new HelpExample(TextOf(part.Heading), code.Lines.ToString(), Paragraphs(remarks))
            : throw Error(part.Heading.Line + 1, "An example is code between fences and then what it does.");

    private HelpEntry Parameter((HeadingBlock Heading, List<Block> Body) part)
    {
        const string DefaultMark = "Default: ";
        HelpEntry entry = Entry(part.Heading, part.Body);
        if (!entry.Name.StartsWith('-'))
        {
            throw Error(entry.Line, $"A parameter's heading begins with a dash: '### -{entry.Name}'.");
        }

        entry = entry with { Name = entry.Name[1..] };
        return entry.Text.Count > 1 && entry.Text[^1].StartsWith(DefaultMark, StringComparison.Ordinal)
            ? entry with { Text = [.. entry.Text.SkipLast(1)], Default = entry.Text[^1][DefaultMark.Length..] }
            : entry;
    }

    private HelpEntry Entry(HeadingBlock heading, List<Block> body) => new(TextOf(heading), Paragraphs(body), null, heading.Line + 1);

    private IEnumerable<string> Links(Block block)
    {
        LinkInline[] links = [.. block.Descendants<LinkInline>()];
        if (links.Length == 0)
        {
            throw Error(block.Line + 1, "A related link is written as [text](file or address).");
        }

        foreach (LinkInline link in links)
        {
            string text = $"{link.FirstChild}";
            bool isPage = PageText.IsPage(link.Url);
            if (isPage && !File.Exists(Path.Combine(Path.GetDirectoryName(_file)!, link.Url!)))
            {
                throw Error(link.Line + 1, $"'{text}' leads to '{link.Url}', which is not there.");
            }

            yield return isPage ? text : $"{text}: {link.Url}";
        }
    }

    private List<string> Paragraphs(IEnumerable<Block> blocks) => [.. blocks.SelectMany(block => PageText.ParagraphsOf(_file, block))];

    private string TextOf(HeadingBlock heading) => PageText.Of(_file, heading);

    private HelpException Error(int line, string message) => new(_file, line, message);
}
