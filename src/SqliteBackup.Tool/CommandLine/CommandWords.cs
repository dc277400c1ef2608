using System.Buffers;
using System.Management.Automation.Language;

namespace SqliteBackup.Tool.CommandLine;

/// <summary>
/// Makes one PowerShell command line of the words that the caller's shell left. That shell has taken the quotes away, so
/// <c>"my app.db"</c> arrives as a word with a space in it; it is meant as one value and has to be quoted again.
/// </summary>
internal static class CommandWords
{
    private static readonly SearchValues<char> Syntax = SearchValues.Create("{}()|;&$@\"'`,<>#");

    // What begins so is an expression and no text, also where a parameter waits for a value.
    private static readonly SearchValues<char> Expression = SearchValues.Create("{($@'\"[");

    /// <summary>The command line. A single word is a whole command line already.</summary>
    public static string Join(IReadOnlyList<string> words)
    {
        List<string> parts = new(words.Count);
        bool commandComes = true;
        string before = "";
        foreach (string word in words)
        {
            parts.Add(!commandComes && (IsValue(word) || IsTextFor(before, word)) ? Quote(word) : word);
            before = word;
            commandComes = word.EndsWith('|') || word.EndsWith(';') || word.EndsWith('&');
        }

        return string.Join(' ', parts);
    }

    private static bool IsValue(string word)
    {
        if (word.Length == 0)
        {
            return true;
        }

        bool spaced = word.Any(char.IsWhiteSpace);
        bool syntactic = word.AsSpan().IndexOfAny(Syntax) >= 0;
        return (spaced && !syntactic) || ((spaced || syntactic) && Path.Exists(word));
    }

    // -Query "SELECT count(*) FROM t": SQL has PowerShell's own signs in it and is still one value.
    private static bool IsTextFor(string parameter, string word) =>
        parameter is ['-', char first, ..] && char.IsAsciiLetter(first) && !parameter.EndsWith(':')
        && word.Any(char.IsWhiteSpace) && word.AsSpan().IndexOfAny(Expression) != 0;

    private static string Quote(string word) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'";
}
