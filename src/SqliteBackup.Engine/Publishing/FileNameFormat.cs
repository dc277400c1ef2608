using System.Globalization;
using System.Text;

namespace SqliteBackup.Engine;

/// <summary>
/// The pattern that names backups in a folder: literal text with <c>{name}</c>, <c>{extension}</c> and <c>{timestamp}</c> or
/// <c>{timestamp:format}</c>, where format is a .NET date and time format applied to UTC. <c>{{</c> and <c>}}</c> are literal braces.
/// </summary>
public sealed class FileNameFormat
{
    /// <summary>The pattern that is used where none is given.</summary>
    public const string Default = "{name}-{timestamp:yyyyMMddTHHmmssfffZ}{extension}";

    private const string DefaultTimestamp = "yyyyMMddTHHmmssfffZ";

    private static readonly char[] Invalid = ['/', '\\', '\0', .. Path.GetInvalidFileNameChars()];

    private readonly List<Part> _parts;

    private FileNameFormat(List<Part> parts) => _parts = parts;

    private enum Token
    {
        Literal,
        Name,
        Extension,
        Timestamp,
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="format">The pattern.</param>
    /// <returns>The format.</returns>
    /// <exception cref="FormatException">The pattern is empty, has an unknown token, an unclosed brace, a bad timestamp format, or a character that file names can't have.</exception>
    public static FileNameFormat Parse(string format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var parsed = new FileNameFormat([.. Split(format)]);

        // A trial name shows what is wrong before any work starts.
        string trial = parsed.GetFileName("database.db", DateTime.UnixEpoch);
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
    /// <param name="database">The path or file name of the database.</param>
    /// <param name="timestamp">When the backup began, UTC.</param>
    /// <returns>A file name.</returns>
    public string GetFileName(string database, DateTime timestamp)
    {
        string fileName = Path.GetFileName(database);
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
                _ => part.Text,
            });
        }

        return text.ToString();
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
            _ => throw new FormatException(
                $"The file name format '{format}' has an unknown token '{{{text}}}'. Known: {{name}}, {{extension}}, {{timestamp:format}}."),
        };
        if (argument is not null && token != Token.Timestamp)
        {
            throw new FormatException($"The file name format '{format}': '{{{name}}}' takes no argument.");
        }

        if (token == Token.Timestamp)
        {
            try
            {
                _ = DateTime.UnixEpoch.ToString(argument, CultureInfo.InvariantCulture);
            }
            catch (FormatException)
            {
                throw new FormatException($"The file name format '{format}': '{argument}' is no .NET date and time format.");
            }
        }

        return new Part(token, token == Token.Timestamp ? argument ?? DefaultTimestamp : text);
    }

    private readonly record struct Part(Token Token, string Text);
}
