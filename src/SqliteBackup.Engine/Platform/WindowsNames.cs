namespace SqliteBackup.Platform;

/// <summary>
/// File names that Windows gives to something else without a word
/// (https://learn.microsoft.com/windows/win32/fileio/naming-a-file). Elsewhere they are names like any.
/// </summary>
internal static class WindowsNames
{
    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. ((string[])["COM", "LPT"]).SelectMany(port => "0123456789\u00B9\u00B2\u00B3".Select(number => $"{port}{number}")),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with a path, as it was written: what follows its name in a sentence. Null where nothing is.</summary>
    public static string? ProblemOf(string path)
    {
        ReadOnlySpan<char> rest = path;
        if (rest.StartsWith(@"\\.\"))
        {
            return "is a device of Windows, not a file";
        }

        // A drive, also one of PowerShell's, which may stand behind its provider: FileSystem::C:\app.db.
        rest = rest.StartsWith(@"\\?\") ? rest[4..] : rest;
        rest = rest.LastIndexOf("::") is int provider and >= 0 ? rest[(provider + 2)..] : rest;
        if (rest.IndexOf(':') is int drive and > 0 && rest[..drive].IndexOfAny('/', '\\') < 0)
        {
            rest = rest[(drive + 1)..];
        }

        return rest.ToString().Split('/', '\\').Select(ProblemOfName).FirstOrDefault(problem => problem is not null);
    }

    private static string? ProblemOfName(string name)
    {
        if (name.Length == 0 || name is "." or "..")
        {
            return null;
        }

        if (name[^1] is '.' or ' ')
        {
            return $"has '{name}' in it, which ends in a {(name[^1] == '.' ? "dot" : "space")}: Windows takes that away, and the file would have another name";
        }

        string beginning = name.Split('.', ':')[0].TrimEnd(' ');
        return Devices.Contains(beginning) ? $"has '{name}' in it, which is a device of Windows under whatever ending"
            : name.Contains(':', StringComparison.Ordinal) ? $"has '{name}' in it, which is a hidden stream of another file"
            : null;
    }
}
