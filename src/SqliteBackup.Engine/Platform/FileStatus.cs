using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>What stands at a name.</summary>
internal enum FileKind
{
    /// <summary>A pipe, a socket, a device.</summary>
    Special,

    /// <summary>A file with content.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A link, where it was not followed.</summary>
    Link,
}

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
    ulong Volume, UInt128 FileNumber, long Size, long ModifiedNanoseconds, uint Owner, uint Group)
{
    /// <summary>When its content or its rights last changed, which no program can set back; 0 on Windows.</summary>
    public long ChangedNanoseconds { get; init; }

    /// <summary>What it is: a file with content, a folder, a link, or none of these.</summary>
    public FileKind Kind { get; init; }

    /// <summary>The twelve bits of rights; 0 on Windows.</summary>
    public UnixFileMode Mode { get; init; }

    /// <summary>The status of the file at a path, or null where there is none.</summary>
    public static FileStatus? Of(string path) =>
        OperatingSystem.IsWindows() ? WindowsFileStatus.Of(path)
        : OperatingSystem.IsMacOS() ? MacFileStatus.Of(path, followLink: true)
        : LinuxFileStatus.Of(path, followLink: true);

    /// <summary>
    /// The status of a file that another program may remove at any moment, as SQLite removes a journal. A handle, even one that shares all, would
    /// keep it there on Windows until it is closed, and whoever makes the file anew meanwhile is refused
    /// (https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-deletefilew). So there it is asked by name, and has no number.
    /// </summary>
    public static FileStatus? OfFleeting(string path) => OperatingSystem.IsWindows() ? WindowsFileStatus.OfName(path) : Of(path);

    /// <summary>The status of what a path names, which may be a link, or null where there is nothing.</summary>
    public static FileStatus? OfEntry(string path) =>
        OperatingSystem.IsWindows() ? WindowsFileStatus.OfEntry(path)
        : OperatingSystem.IsMacOS() ? MacFileStatus.Of(path, followLink: false)
        : LinuxFileStatus.Of(path, followLink: false);

    /// <summary>The status of an open file.</summary>
    /// <exception cref="IOException">It can't be told.</exception>
    public static FileStatus Of(SafeFileHandle file) =>
        (OperatingSystem.IsWindows() ? WindowsFileStatus.Of(file)
        : OperatingSystem.IsMacOS() ? MacFileStatus.Of(file)
        : LinuxFileStatus.Of(file)) ?? throw new IOException("The status of an open file can't be told.");

    /// <summary>Whether two paths lead to one file, through whatever links.</summary>
    public static bool IsSameFile(string first, string second) =>
        (!OperatingSystem.IsWindows() || WindowsFileStatus.MayBeSame(first, second)) && Of(first) is FileStatus a && Of(second) is FileStatus b && a.Volume == b.Volume && a.FileNumber == b.FileNumber;
}
