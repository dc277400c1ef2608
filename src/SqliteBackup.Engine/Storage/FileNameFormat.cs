using System.Globalization;
using System.Text;

namespace SqliteBackup.Storage;

/// <summary>
/// The pattern that names backups in a folder: literal text with <c>{name}</c>, <c>{extension}</c>, <c>{timestamp}</c> or
/// <c>{timestamp:format}</c>, where format is a .NET date and time format applied to UTC, <c>{host}</c>, <c>{pid}</c>, <c>{sequence}</c> or
/// <c>{sequence:format}</c>, and <c>{folder}</c> with a separator after it. <c>{{</c> and <c>}}</c> are literal braces.
/// </summary>
public sealed class FileNameFormat
{
    /// <summary>The pattern that is used where none is given.</summary>
    public const string Default = "{name}-{timestamp:yyyyMMddTHHmmssfffZ}{extension}";

    private const string DefaultTimestamp = "yyyyMMddTHHmmssfffZ";

    private static readonly char[] Invalid = ['/', '\\', '\0', .. Path.GetInvalidFileNameChars()];

    private static readonly string Host = string.Join('_', Environment.MachineName.Split(Invalid));

    private readonly List<Part> _parts;

    private FileNameFormat(List<Part> parts) => _parts = parts;

    private enum Token
    {
        Literal,
        Name,
        Extension,
        Timestamp,
        Host,
        ProcessId,
        Sequence,
        Folder,
    }

    /// <summary>Whether its names tell milliseconds, so that two backups meet in one name by chance only.</summary>
    public bool IsUnique => _parts.Exists(part => part.Token == Token.Timestamp && part.Text.Contains("fff", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a pattern.</summary>
    /// <param name="format">The pattern.</param>
    /// <returns>The format.</returns>
    /// <exception cref="FormatException">The pattern is empty, has an unknown token, an unclosed brace, a bad timestamp format, or a character that file names can't have.</exception>
    public static FileNameFormat Parse(string format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var parsed = new FileNameFormat([.. Split(format)]);

        // A trial name shows what is wrong before any work starts.
        parsed.CheckFolder(format);
        string trial = parsed.Fill("database.db", DateTime.UnixEpoch, 1, "");
        if (trial.AsSpan().Trim(" .").IsEmpty)
        {
            throw new FormatException($"The file name format '{format}' gives no name.");
        }

        if (trial.IndexOfAny(Invalid) is int at and >= 0)
        {
            throw new FormatException($"The file name format '{format}' gives names with '{trial[at]}', which a file name can't have.");
        }

        return parsed;
    }

    /// <summary>Names a backup.</summary>
    /// <param name="database">The full path or file name of the database.</param>
    /// <param name="timestamp">When the backup began, UTC.</param>
    /// <param name="sequence">Which database of the command it is, from 1.</param>
    /// <param name="root">The folder that <c>{folder}</c> is relative to; a database elsewhere is mirrored from the root of its disk.</param>
    /// <returns>A file name; with <c>{folder}</c>, a relative path.</returns>
    public string GetFileName(string database, DateTime timestamp, int sequence = 1, string? root = null)
    {
        string name = Fill(Path.GetFileName(database), timestamp, sequence, "");
        return _parts.Exists(part => part.Token == Token.Folder) ? Path.Combine(FolderOf(database, root), name) : name;
    }

    private static string FolderOf(string database, string? root)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(database))!;
        string relative = root is null ? ".." : Path.GetRelativePath(root, folder);
        if (relative == "." || (!Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal)))
        {
            return relative == "." ? "" : relative;
        }

        string disk = Path.GetPathRoot(folder)!;
        return Path.Combine(
            string.Concat(disk.Where(char.IsLetterOrDigit)), folder[disk.Length..].TrimStart(Path.DirectorySeparatorChar));
    }

    private string Fill(string fileName, DateTime timestamp, int sequence, string folder)
    {
        string extension = Path.GetExtension(fileName);
        string name = Path.GetFileNameWithoutExtension(fileName);
        if (name.Length == 0)
        {
            // '.config' is a name with a leading dot, not an extension without a name.
            (name, extension) = (fileName, "");
        }

        var text = new StringBuilder();
        foreach (Part part in _parts)
        {
            text.Append(part.Token switch
            {
                Token.Name => name,
                Token.Extension => extension,
                Token.Timestamp => timestamp.ToString(part.Text, CultureInfo.InvariantCulture),
                Token.Host => Host,
                Token.ProcessId => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                Token.Sequence => sequence.ToString(part.Text, CultureInfo.InvariantCulture),
                Token.Folder => folder,
                _ => part.Text,
            });
        }

        return text.ToString();
    }

    // The folder comes first, as in '{folder}/{name}', and its separator goes with it.
    private void CheckFolder(string format)
    {
        int at = _parts.FindIndex(part => part.Token == Token.Folder);
        if (at < 0)
        {
            return;
        }

        if (at > 0 || _parts.FindLastIndex(part => part.Token == Token.Folder) > 0
            || _parts.Count < 2 || _parts[1].Token != Token.Literal || _parts[1].Text[0] is not ('/' or '\\'))
        {
            throw new FormatException(
                $"The file name format '{format}' has '{{folder}}' where it can't be: it comes once, first, and with a separator after it, as in '{{folder}}/{{name}}{{extension}}'.");
        }

        _parts[1] = _parts[1] with { Text = _parts[1].Text[1..] };
    }

    private static IEnumerable<Part> Split(string format)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if ((c is '{' or '}') && i + 1 < format.Length && format[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '}')
            {
                throw new FormatException($"The file name format '{format}' has a '}}' without a '{{'. Write '}}}}' for a literal brace.");
            }
            else if (c == '{')
            {
                int end = format.IndexOf('}', i);
                if (end < 0)
                {
                    throw new FormatException($"The file name format '{format}' has a '{{' that is not closed. Write '{{{{' for a literal brace.");
                }

                if (literal.Length > 0)
                {
                    yield return new Part(Token.Literal, literal.ToString());
                    literal.Clear();
                }

                yield return ParseToken(format, format[(i + 1)..end]);
                i = end;
            }
            else
            {
                literal.Append(c);
            }
        }

        if (literal.Length > 0)
        {
            yield return new Part(Token.Literal, literal.ToString());
        }
    }

    private static Part ParseToken(string format, string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        string? argument = colon < 0 ? null : text[(colon + 1)..];
        Token token = name.ToLowerInvariant() switch
        {
            "name" => Token.Name,
            "extension" => Token.Extension,
            "timestamp" => Token.Timestamp,
            "host" => Token.Host,
            "pid" => Token.ProcessId,
            "sequence" => Token.Sequence,
            "folder" => Token.Folder,
            _ => throw new FormatException(
                $"The file name format '{format}' has an unknown token '{{{text}}}'. Known: {{name}}, {{extension}}, {{timestamp:format}}, {{host}}, {{pid}}, {{sequence:format}}, {{folder}}."),
        };
        if (argument is not null && token is not (Token.Timestamp or Token.Sequence))
        {
            throw new FormatException($"The file name format '{format}': '{{{name}}}' takes no argument.");
        }

        try
        {
            _ = token == Token.Sequence
                ? 1.ToString(argument, CultureInfo.InvariantCulture)
                : DateTime.UnixEpoch.ToString(argument, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw new FormatException(
                $"The file name format '{format}': '{argument}' is no .NET {(token == Token.Sequence ? "number" : "date and time")} format.");
        }

        return new Part(token, argument ?? (token == Token.Timestamp ? DefaultTimestamp : token == Token.Sequence ? "0" : text));
    }

    private readonly record struct Part(Token Token, string Text);
}
