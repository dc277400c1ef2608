using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace SqliteBackup.Tool.Hosting;

/// <summary>An error in the fewest lines that help: who, what, what to do.</summary>
internal static class ErrorText
{
    /// <summary>The text for <paramref name="error"/>, without a line end.</summary>
    public static string Of(ErrorRecord error)
    {
        StringBuilder text = new();
        InvocationInfo? invocation = error.InvocationInfo;
        if (invocation is { ScriptName: { Length: > 0 } script })
        {
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetFileName(script)}:{invocation.ScriptLineNumber}: ");
        }

        if (MissingCommandHints.For(error) is { } hint)
        {
            return text.Append(hint).ToString();
        }

        if (invocation?.MyCommand is CmdletInfo or FunctionInfo { Module: not null })
        {
            text.Append(invocation.MyCommand.Name).Append(": ");
        }

        text.Append(Message(error));
        if (error.ErrorDetails?.RecommendedAction is { Length: > 0 } action)
        {
            text.AppendLine().Append(action);
        }

        return text.ToString();
    }

    /// <summary>The text for a script that cannot be parsed: each error with its line and a mark under the place.</summary>
    public static string Of(IReadOnlyList<ParseError> errors)
    {
        StringBuilder text = new();
        foreach (ParseError error in errors)
        {
            IScriptExtent extent = error.Extent;
            string source = extent.StartScriptPosition.Line.TrimEnd('\r', '\n');
            int start = extent.StartColumnNumber - 1;
            int end = extent.EndLineNumber == extent.StartLineNumber ? extent.EndColumnNumber - 1 : source.Length;
            if (text.Length > 0)
            {
                text.AppendLine();
            }

            string file = extent.File is { Length: > 0 } path ? Path.GetFileName(path) + ":" : "line ";
            text.Append(CultureInfo.InvariantCulture, $"{file}{extent.StartLineNumber}: {error.Message}").AppendLine();
            text.Append("    ").Append(source).AppendLine();
            text.Append("    ").Append(' ', start).Append('~', Math.Max(1, end - start));
        }

        return text.ToString();
    }

    private static string Message(ErrorRecord error) =>
        error.ErrorDetails?.Message is { Length: > 0 } details ? details : error.Exception.Message;
}
