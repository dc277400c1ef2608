namespace SqliteBackup.Platform;

/// <summary>
/// Whether names that differ only in case are one file: the file system says so, not the platform. Linux mounts such file systems too, and
/// Windows and macOS have folders and volumes that tell case apart.
/// </summary>
internal static class FileCase
{
    /// <summary>Whether what stands at a path is found under its name in the other case, too.</summary>
    /// <param name="path">The full path of something that exists. Where its name has no letters, the answer is the platform's habit.</param>
    public static bool IsIgnoredAt(string path)
    {
        string name = Path.GetFileName(path);
        string other = Swapped(name);
        return other == name ? IsHabit : FileStatus.IsSameFile(path, Path.Combine(Path.GetDirectoryName(path)!, other));
    }

    /// <summary>Whether two names in a folder that differ only in case are one file.</summary>
    /// <param name="folder">The full path of a folder, which may not exist yet.</param>
    public static bool IsIgnoredIn(string folder)
    {
        string? existing = folder;
        while (existing is not null && !Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing);
        }

        return existing is null ? IsHabit
            : FirstNamed(existing) is string entry ? IsIgnoredAt(entry)
            : Path.GetDirectoryName(existing) is string parent && FileStatus.Of(parent)?.Volume == FileStatus.Of(existing)?.Volume ? IsIgnoredAt(existing)
            : IsHabit;
    }

    private static bool IsHabit => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    private static string? FirstNamed(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Take(100).FirstOrDefault(entry => Path.GetFileName(entry) is string name && Swapped(name) != name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Swapped(string name) =>
        string.Create(name.Length, name, (letters, source) =>
        {
            for (int i = 0; i < letters.Length; i++)
            {
                letters[i] = char.IsAsciiLetterLower(source[i]) ? char.ToUpperInvariant(source[i]) : char.IsAsciiLetterUpper(source[i]) ? char.ToLowerInvariant(source[i]) : source[i];
            }
        });
}
