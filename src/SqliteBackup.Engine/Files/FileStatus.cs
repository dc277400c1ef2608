namespace SqliteBackup.Engine.Files;

/// <summary>
/// What the file system says of a file, links followed. It never opens the file where that could drop locks: closing any descriptor of a
/// file drops every POSIX lock that the process holds on it (https://sqlite.org/howtocorrupt.html, 2.2).
/// </summary>
/// <param name="Volume">The device or volume it lies on.</param>
/// <param name="FileNumber">Its number there (inode, file index): with <paramref name="Volume"/>, its identity under any name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">When it was last written, in nanoseconds since some fixed instant.</param>
/// <param name="Owner">The owner's id; 0 on Windows.</param>
/// <param name="Group">The group's id; 0 on Windows.</param>
internal readonly record struct FileStatus(
    ulong Volume, ulong FileNumber, long Size, long ModifiedNanoseconds, uint Owner, uint Group)
{
    /// <summary>When its content or its rights last changed, which no program can set back; 0 on Windows.</summary>
    public long ChangedNanoseconds { get; init; }

    /// <summary>The status of the file at a path, or null where there is none.</summary>
    public static FileStatus? Of(string path) =>
        OperatingSystem.IsWindows() ? WindowsFileStatus.Of(path)
        : OperatingSystem.IsMacOS() ? MacFileStatus.Of(path)
        : LinuxFileStatus.Of(path);

    /// <summary>Whether two paths lead to one file, through whatever links.</summary>
    public static bool IsSameFile(string first, string second) =>
        Of(first) is FileStatus a && Of(second) is FileStatus b && a.Volume == b.Volume && a.FileNumber == b.FileNumber;
}
