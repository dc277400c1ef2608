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

    /// <summary>The command line. A single word is a whole command line already.</summary>
    public static string Join(IReadOnlyList<string> words)
    {
        List<string> parts = new(words.Count);
        bool commandComes = true;
        foreach (string word in words)
        {
            parts.Add(!commandComes && IsValue(word) ? Quote(word) : word);
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

    private static string Quote(string word) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'";
}
