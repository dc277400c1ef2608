using System.Management.Automation.Runspaces;

namespace SqliteBackup.Tool.CommandLine;

/// <summary>Gives a script the words after its name as parameters and values, by the rules of <c>pwsh -File</c>.</summary>
internal static class ScriptArguments
{
    /// <summary>Adds <paramref name="words"/> to <paramref name="command"/>.</summary>
    public static void AddTo(Command command, IReadOnlyList<string> words)
    {
        string? awaitsValue = null;
        foreach (string word in words)
        {
            if (awaitsValue is not null)
            {
                command.Parameters.Add(awaitsValue, word);
                awaitsValue = null;
                continue;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                command.Parameters.Add(null, word);
                continue;
            }

            int colon = word.IndexOf(':');
            if (colon < 0)
            {
                command.Parameters.Add(new CommandParameter(word));
            }
            else if (colon == word.Length - 1)
            {
                awaitsValue = word[..colon];
            }
            else
            {
                command.Parameters.Add(word[..colon], ValueOf(word[(colon + 1)..]));
            }
        }

        if (awaitsValue is not null)
        {
            command.Parameters.Add(new CommandParameter(awaitsValue));
        }
    }

    // Only here can a caller's shell hand over a Boolean, so that -Switch:$false works.
    private static object ValueOf(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" or "TRUE" => true,
        "$FALSE" or "FALSE" => false,
        _ => text,
    };
}
