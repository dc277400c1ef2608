using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using SqliteBackup.Platform;

namespace SqliteBackup.Storage;

/// <summary>
/// The rights that a copy gets: nobody can read it who could not read the source. Owner, group, mode, access control lists and the folders above
/// the source count; what can't be told is not given, and then the copy is its owner's alone.
/// </summary>
internal static partial class BackupRights
{
    /// <summary>The rights of what has no source that could tell who may read it.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int GroupShift = 3;
    private const int OwnerShift = 6;
    private const int ReadWrite = 6;
    private const int Enter = 1;

    /// <summary>The rights of a copy. On Windows they are the source's, whatever its folder gives; where they can't be told, the owner's alone.</summary>
    /// <param name="source">What it is a copy of.</param>
    /// <param name="stagedFile">The copy, where it will stand.</param>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.FileNotFound"/>: the source is gone.</exception>
    public static FileRights For(string source, string stagedFile)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FileRights(UnixFileMode.None, WindowsRights.ListOf(source));
        }

        FileStatus from = FileStatus.Of(source) ?? throw new SqliteBackupException(
            BackupFailure.FileNotFound, source, $"'{source}' was removed while it was read. Nothing was published. Check who removed it.");
        if (FileStatus.Of(stagedFile) is not FileStatus to || HasList(source) || HasList(stagedFile))
        {
            return OwnerOnly;
        }

        int group = ((int)from.Mode >> GroupShift) & ReadWrite;
        int others = (int)from.Mode & ReadWrite;
        (bool groupEnters, bool othersEnter) = WhoReaches(source, from.Group);
        group = groupEnters ? group : 0;
        others = othersEnter ? others : 0;
        if (from.Group != to.Group)
        {
            // The one group's people are among the other's others, and the reverse.
            group = others = group & others;
        }

        if (from.Owner != to.Owner)
        {
            int owner = ((int)from.Mode >> OwnerShift) & ReadWrite;
            group &= owner;
            others &= owner;
        }

        return (FileRights)(OwnerOnly | (UnixFileMode)((group << GroupShift) | others));
    }

    // Whether the people of the file's group, and those outside of it, can enter every folder above it.
    [UnsupportedOSPlatform("windows")]
    private static (bool Group, bool Others) WhoReaches(string file, uint fileGroup)
    {
        (bool group, bool others) = (true, true);
        for (string? folder = Path.GetDirectoryName(PosixFiles.RealPath(file)); folder is not null && (group || others); folder = Path.GetDirectoryName(folder))
        {
            if (FileStatus.Of(folder) is not FileStatus status || HasList(folder))
            {
                return (false, false);
            }

            bool groupEnters = (((int)status.Mode >> GroupShift) & Enter) != 0;
            bool othersEnter = ((int)status.Mode & Enter) != 0;

            // Of another group's folder it can't be told who of these people is in that group.
            bool isSameGroup = status.Group == fileGroup;
            group &= isSameGroup ? groupEnters : groupEnters && othersEnter;
            others &= isSameGroup ? othersEnter : groupEnters && othersEnter;
        }

        return (group, others);
    }

    // With an access control list the mode's group bits are its mask (acl(5)), and say of nobody what he may do.
    [UnsupportedOSPlatform("windows")]
    private static bool HasList(string path)
    {
        if (OperatingSystem.IsMacOS())
        {
            const int Extended = 0x100;
            nint list = GetList(path, Extended);
            return list != 0 && FreeList(list) == 0;
        }

        const int NoData = 61;
        const int NotSupported = 95;
        const int NoSuchCall = 38;
        return GetAttribute(path, "system.posix_acl_access", 0, 0) >= 0
            || Marshal.GetLastPInvokeError() is not (NoData or NotSupported or NoSuchCall);
    }

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(string path, string name, nint value, nint size);

    [LibraryImport("libc", EntryPoint = "acl_get_file", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetList(string path, int type);

    [LibraryImport("libc", EntryPoint = "acl_free")]
    private static partial int FreeList(nint list);
}
