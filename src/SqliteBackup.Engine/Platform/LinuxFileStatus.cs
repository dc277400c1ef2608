using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>statx(2): the one stat whose layout is the same on every architecture and C library.</summary>
internal static partial class LinuxFileStatus
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;

    public static FileStatus? Of(string path, bool followLink) =>
        Statx(CurrentFolder, path, followLink ? 0 : NoFollow, BasicStats, out StatxBuffer status) == 0 ? Create(status) : null;

    public static FileStatus? Of(SafeFileHandle file) =>
        Statx(file, "", EmptyPath, BasicStats, out StatxBuffer status) == 0 ? Create(status) : null;

    private static FileStatus Create(StatxBuffer status) =>
        new(
            ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
            status.Inode,
            (long)status.Size,
            (status.ModifiedSeconds * 1_000_000_000) + status.ModifiedNanoseconds,
            status.Owner,
            status.Group)
        {
            ChangedNanoseconds = (status.ChangedSeconds * 1_000_000_000) + status.ChangedNanoseconds,
            Kind = UnixMode.KindOf(status.Mode),
            Mode = UnixMode.RightsOf(status.Mode),
        };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle file, string path, int flags, uint mask, out StatxBuffer buffer);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
