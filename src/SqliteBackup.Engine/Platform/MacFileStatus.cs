using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>stat(2) with 64-bit inodes, whose symbol carries a suffix on Intel only.</summary>
internal static partial class MacFileStatus
{
    private static readonly bool IsIntel = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static FileStatus? Of(string path, bool followLink)
    {
        StatBuffer status;
        int code = followLink
            ? IsIntel ? StatIntel(path, out status) : Stat(path, out status)
            : IsIntel ? LinkStatIntel(path, out status) : LinkStat(path, out status);
        return code == 0 ? Create(status) : null;
    }

    public static FileStatus? Of(SafeFileHandle file)
    {
        StatBuffer status;
        int code = IsIntel ? FileStatIntel(file, out status) : FileStat(file, out status);
        return code == 0 ? Create(status) : null;
    }

    private static FileStatus Create(StatBuffer status) =>
        new(
            status.Device,
            status.Inode,
            status.Size,
            (status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds,
            status.Owner,
            status.Group)
        {
            ChangedNanoseconds = (status.ChangedSeconds * 1_000_000_000) + status.ChangedNanoseconds,
            Kind = UnixMode.KindOf(status.Mode),
            Mode = UnixMode.RightsOf(status.Mode),
        };

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatIntel(string path, out StatBuffer buffer);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, out StatBuffer buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkStatIntel(string path, out StatBuffer buffer);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkStat(string path, out StatBuffer buffer);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileStatIntel(SafeFileHandle file, out StatBuffer buffer);

    [LibraryImport("libc", EntryPoint = "fstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileStat(SafeFileHandle file, out StatBuffer buffer);

    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct StatBuffer
    {
        [FieldOffset(0)]
        public uint Device;

        [FieldOffset(4)]
        public ushort Mode;

        [FieldOffset(8)]
        public ulong Inode;

        [FieldOffset(16)]
        public uint Owner;

        [FieldOffset(20)]
        public uint Group;

        [FieldOffset(48)]
        public long ModifiedSeconds;

        [FieldOffset(56)]
        public long ModifiedNanoseconds;

        [FieldOffset(64)]
        public long ChangedSeconds;

        [FieldOffset(72)]
        public long ChangedNanoseconds;

        [FieldOffset(96)]
        public long Size;
    }
}
