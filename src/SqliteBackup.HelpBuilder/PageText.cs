using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SqliteBackup.HelpBuilder;

/// <summary>Markdown as the plain paragraphs that Get-Help shows. What would get lost on the way is refused.</summary>
internal static class PageText
{
    public static IEnumerable<string> ParagraphsOf(string file, Block block) => block switch
    {
        ParagraphBlock paragraph => [Of(file, paragraph)],
        CodeBlock code => [code.Lines.ToString()],
        ListBlock list => list.Cast<ListItemBlock>().Select(item => "- " + string.Join(' ', item.SelectMany(part => ParagraphsOf(file, part)))),
        _ => throw new HelpException(file, block.Line + 1, $"Help has no {block.GetType().Name}: write paragraphs, lists and code."),
    };

    public static string Of(string file, LeafBlock block)
    {
        var text = new StringBuilder();
        Append(file, text, block.Inline!);
        return text.ToString();
    }

    private static void Append(string file, StringBuilder text, ContainerInline inlines)
    {
        foreach (Inline inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case LineBreakInline:
                    text.Append(' ');
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case LinkInline { IsImage: false } link:
                    Append(file, text, link);
                    text.Append(IsPage(link.Url) ? "" : $" ({link.Url})");
                    break;
                default:
                    throw new HelpException(
                        file, inline.Line + 1, $"Get-Help can't show {(inline is HtmlInline html ? html.Tag : inline.GetType().Name)}. What has * or < in it belongs in backquotes.");
            }
        }
    }

    public static bool IsPage(string? url) => url?.Contains("://", StringComparison.Ordinal) != true;
}
