using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using Spectre.Console;

namespace SqliteBackup.Tool.Hosting;

/// <summary>Asks the user, where there is one to ask; where not, the command that asks fails and says how not to be asked.</summary>
internal sealed class Questions(StandardStreams streams, bool allowed)
{
    private bool CanAsk => allowed && streams.InputIsTerminal && (streams.OutputIsTerminal || streams.ErrorIsTerminal);

    public string ReadLine()
    {
        DemandUser("a line of input");
        streams.BeforeText?.Invoke();
        return Console.In.ReadLine() ?? "";
    }

    public SecureString ReadSecret()
    {
        DemandUser("a secret");
        streams.BeforeText?.Invoke();
        SecureString secret = new();
        foreach (char character in streams.Terminal.Prompt(new TextPrompt<string>("").Secret().AllowEmpty()))
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    public int AskChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        DemandUser($"an answer to \"{LastLine(caption, message)}\"");
        Say(caption);
        Say(message);

        List<(string Key, string Label)> labels = choices.Select(Labelled).ToList();
        while (true)
        {
            string offers = string.Join("  ", labels.Select(label => $"[{label.Key}] {label.Label}"));
            string byDefault = defaultChoice >= 0 ? $" (default is \"{labels[defaultChoice].Key}\")" : "";
            Ask($"{offers}  [?] Help{byDefault}: ");

            // The end of input is no answer; without this it would be asked for ever.
            string answer = (Console.In.ReadLine() ?? throw NoUser($"an answer to \"{LastLine(caption, message)}\"")).Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            if (answer == "?")
            {
                for (int i = 0; i < choices.Count; i++)
                {
                    Say($"{labels[i].Key} - {choices[i].HelpMessage}");
                }

                continue;
            }

            int chosen = labels.FindIndex(label =>
                string.Equals(label.Key, answer, StringComparison.OrdinalIgnoreCase)
                || string.Equals(label.Label, answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    public Dictionary<string, PSObject> AskFields(string caption, string message, Collection<FieldDescription> fields)
    {
        string names = string.Join(", ", fields.Select(field => field.Name));
        DemandUser($"values for these parameters: {names}", "Give them on the command line.");
        Say(caption);
        Say(message);

        Dictionary<string, PSObject> answers = new(StringComparer.OrdinalIgnoreCase);
        foreach (FieldDescription field in fields)
        {
            bool isList = field.ParameterTypeFullName.EndsWith("[]", StringComparison.Ordinal);
            answers[field.Name] = isList ? PSObject.AsPSObject(AskList(field.Name)) : PSObject.AsPSObject(AskLine(field.Name));
        }

        return answers;
    }

    public PSCredential AskCredential(string caption, string message, string userName)
    {
        DemandUser("a user name and a password");
        Say(caption);
        Say(message);
        string name = string.IsNullOrEmpty(userName) ? AskLine("User") : userName;
        Ask($"Password for user {name}: ");
        return new PSCredential(name, ReadSecret());
    }

    private static (string Key, string Label) Labelled(ChoiceDescription choice)
    {
        // "&Yes" is offered as [Y] Yes.
        int mark = choice.Label.IndexOf('&');
        string label = choice.Label.Replace("&", "", StringComparison.Ordinal);
        return mark >= 0 && mark < label.Length ? (label[mark..(mark + 1)].ToUpperInvariant(), label) : (label, label);
    }

    // The caption and the first line only say "Confirm" and "Are you sure?"; what is asked about comes last.
    private static string LastLine(string caption, string message) =>
        $"{caption}\n{message}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");

    private static HostException NoUser(string wanted, string remedy = "Pass -Confirm:$false where it may go ahead without asking.") =>
        new($"This needs {wanted}, but there is no terminal to ask on. {remedy}");

    private void DemandUser(string wanted, string? remedy = null)
    {
        if (!CanAsk)
        {
            throw remedy is null ? NoUser(wanted) : NoUser(wanted, remedy);
        }
    }

    private string[] AskList(string name)
    {
        List<string> values = [];
        while (AskLine(string.Create(CultureInfo.InvariantCulture, $"{name}[{values.Count}]")) is { Length: > 0 } value)
        {
            values.Add(value);
        }

        return [.. values];
    }

    private string AskLine(string name)
    {
        Ask($"{name}: ");
        return Console.In.ReadLine() ?? "";
    }

    private void Say(string text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Ask(text + Environment.NewLine);
        }
    }

    // A question must be seen, so it goes to whichever stream is a terminal.
    private void Ask(string text)
    {
        if (streams.OutputIsTerminal)
        {
            streams.Write(text);
        }
        else
        {
            streams.WriteErrorText(text);
        }
    }
}
