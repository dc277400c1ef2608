namespace SqliteBackup.Loader;

/// <summary>One path for a folder, however it was written.</summary>
internal static class FolderPath
{
    /// <summary>The full path of a folder, links followed, each name in the case that the file system has it in.</summary>
    /// <param name="folder">The path of a folder that exists.</param>
    public static string Real(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(full) is not string parent)
        {
            return full;
        }

        string real = Path.Combine(Real(parent), NameIn(parent, Path.GetFileName(full)));
        return new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is FileSystemInfo target ? Real(target.FullName) : real;
    }

    // A name that is there in this very case is itself; where it is not and is found all the same, case does not count there.
    private static string NameIn(string parent, string name)
    {
        try
        {
            string[] alike = [.. Directory.EnumerateDirectories(parent).Select(path => Path.GetFileName(path)!).Where(found => found.Equals(name, StringComparison.OrdinalIgnoreCase))];
            return alike.Contains(name, StringComparer.Ordinal) || alike.Length != 1 ? name : alike[0];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return name;
        }
    }
}
