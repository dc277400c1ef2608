using System.Runtime.InteropServices;

namespace SqliteBackup.Engine.Files;

/// <summary>stat(2) with 64-bit inodes, whose symbol carries a suffix on Intel only.</summary>
internal static partial class MacFileStatus
{
    public static FileStatus? Of(string path)
    {
        int code = RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? StatIntel(path, out StatBuffer status)
            : Stat(path, out status);
        return code == 0
            ? new FileStatus(
                status.Device,
                status.Inode,
                status.Size,
                (status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds,
                status.Owner,
                status.Group)
            {
                ChangedNanoseconds = (status.ChangedSeconds * 1_000_000_000) + status.ChangedNanoseconds,
            }
            : null;
    }

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatIntel(string path, out StatBuffer buffer);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, out StatBuffer buffer);

    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct StatBuffer
    {
        [FieldOffset(0)]
        public uint Device;

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
