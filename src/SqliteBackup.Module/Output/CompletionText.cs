using System.Management.Automation;
using System.Management.Automation.Language;

namespace SqliteBackup.Output;

/// <summary>
/// Names of tables and files as words of a command line. A name is data: whatever it holds, the word stands for that name and for nothing
/// that runs. PowerShell ends a string at typographic quotes too, so its own escaping doubles them.
/// </summary>
internal static class CompletionText
{
    private static readonly char[] Quotes = ['\'', '"', '\u2018', '\u2019', '\u201A', '\u201B', '\u201C', '\u201D', '\u201E'];

    /// <summary>A word as it was typed, without the quotes around it.</summary>
    public static string Typed(string? word) => (word ?? "").Trim(Quotes);

    /// <summary>A name as a word.</summary>
    public static CompletionResult Of(string name) =>
        new(Quoted(name), Shown(name), CompletionResultType.ParameterValue, Shown(name));

    private static string Quoted(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') && !char.IsAsciiDigit(name[0]) ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";

    private static string Shown(string name) => Text.Line(name);
}
