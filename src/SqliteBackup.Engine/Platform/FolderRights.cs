using System.Runtime.Versioning;

namespace SqliteBackup.Platform;

/// <summary>Who besides this user could exchange a folder for another: everybody who may rename an entry of one above it.</summary>
[UnsupportedOSPlatform("windows")]
internal static class FolderRights
{
    /// <summary>The rights with which others may add, rename and remove entries.</summary>
    public const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Who owns the system's folders inside a container that has a user namespace of its own.
    private const uint Unmapped = 65534;

    /// <summary>The first folder above another, links resolved, whose entries somebody else may rename; or null.</summary>
    public static string? FirstOpenAbove(string folder)
    {
        for (string? above = Path.GetDirectoryName(PosixFiles.RealPath(folder)); above is not null; above = Path.GetDirectoryName(above))
        {
            if (FileStatus.Of(above) is not FileStatus status || IsOpen(status))
            {
                return above;
            }
        }

        return null;
    }

    // In a sticky folder such as /tmp only an entry's owner renames it. A group of the user's own number has no other members by custom.
    private static bool IsOpen(FileStatus folder)
    {
        bool othersWrite = folder.Mode.HasFlag(UnixFileMode.OtherWrite) || (folder.Mode.HasFlag(UnixFileMode.GroupWrite) && folder.Group != folder.Owner);
        bool isOthers = folder.Owner != 0 && folder.Owner != Unmapped && folder.Owner != PosixFiles.EffectiveUser();
        return isOthers || (othersWrite && !folder.Mode.HasFlag(UnixFileMode.StickyBit));
    }
}
