namespace SqliteBackup.Platform;

/// <summary>Where a path leads once every link on its way is followed.</summary>
internal static class RealPath
{
    /// <summary>The path itself of what stands at a path; where nothing does, its folder's with the name.</summary>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        return FileStatus.Of(full) is not null ? Resolve(full)
            : Path.GetDirectoryName(full) is string folder && Directory.Exists(folder) ? Path.Combine(Resolve(folder), Path.GetFileName(full))
            : full;
    }

    // Windows gives no such answer for a whole path: a link in the middle stays.
    private static string Resolve(string path) =>
        OperatingSystem.IsWindows() ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : PosixFiles.RealPath(path);
}
