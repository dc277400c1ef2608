using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Engine.Files;

/// <summary>GetFileInformationByHandle. It needs a handle, which on Windows costs nobody a lock.</summary>
internal static partial class WindowsFileStatus
{
    private const int ReadAttributes = 0x80;
    private const int ShareAll = 7;
    private const int OpenExisting = 3;
    private const int BackupSemantics = 0x02000000;

    public static FileStatus? Of(string path)
    {
        using SafeFileHandle handle = CreateFile(path, ReadAttributes, ShareAll, 0, OpenExisting, BackupSemantics, 0);
        if (handle.IsInvalid || !GetFileInformationByHandle(handle, out FileInformation information))
        {
            return null;
        }

        long modified = ((long)information.LastWriteTimeHigh << 32) | information.LastWriteTimeLow;
        return new FileStatus(
            information.VolumeSerialNumber,
            ((ulong)information.FileIndexHigh << 32) | information.FileIndexLow,
            ((long)information.FileSizeHigh << 32) | information.FileSizeLow,
            modified * 100,
            0,
            0);
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(
        string path, int access, int share, nint security, int disposition, int flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "GetFileInformationByHandle")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, out FileInformation information);

    [StructLayout(LayoutKind.Sequential)]
    private struct FileInformation
    {
        public uint Attributes;
        public uint CreationTimeLow;
        public uint CreationTimeHigh;
        public uint LastAccessTimeLow;
        public uint LastAccessTimeHigh;
        public uint LastWriteTimeLow;
        public uint LastWriteTimeHigh;
        public uint VolumeSerialNumber;
        public uint FileSizeHigh;
        public uint FileSizeLow;
        public uint NumberOfLinks;
        public uint FileIndexHigh;
        public uint FileIndexLow;
    }
}
