using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>What Windows says of a file. It needs a handle, which there costs nobody a lock.</summary>
internal static partial class WindowsFileStatus
{
    private const int ReadAttributes = 0x80;
    private const int ShareAll = 7;
    private const int OpenExisting = 3;
    private const int BackupSemantics = 0x02000000;
    private const int OpenReparsePoint = 0x00200000;
    private const int FileIdInfo = 18;
    private const long Unknown = -1;

    public static FileStatus? Of(string path) => Of(path, BackupSemantics);

    public static FileStatus? OfEntry(string path) => Of(path, BackupSemantics | OpenReparsePoint);

    /// <summary>What the folder says of a name, links not followed: no handle, and so no number.</summary>
    public static FileStatus? OfName(string path)
    {
        try
        {
            // It asks GetFileAttributesEx.
            var file = new FileInfo(path);
            return !file.Exists ? null : new FileStatus(0, 0, file.Length, UnixNanoseconds(file.LastWriteTimeUtc.ToFileTimeUtc()), 0, 0) { Kind = KindOf(file.Attributes) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether two names may lead to one file. It spares a handle on a file of another program: names of one file say the same size, unless one is
    /// a link.
    /// </summary>
    public static bool MayBeSame(string first, string second)
    {
        if (first == second)
        {
            return true;
        }

        return Length(second) is long there && Length(first) is long here && (here == there || here == Unknown || there == Unknown);

        // Null where there is nothing.
        static long? Length(string path)
        {
            var entry = new FileInfo(path);
            return entry.Attributes == (FileAttributes)(-1) ? null
                : (entry.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory)) != 0 ? Unknown
                : entry.Length;
        }
    }

    public static FileStatus? Of(SafeFileHandle file)
    {
        if (file.IsInvalid || !GetFileInformationByHandle(file, out FileInformation information))
        {
            return null;
        }

        // The 64-bit number of a file is not its alone on ReFS, the 128-bit one is; file systems that lack that have the other
        // (https://learn.microsoft.com/windows/win32/api/fileapi/ns-fileapi-by_handle_file_information).
        FileId id = GetFileId(file, FileIdInfo, out FileId large, Marshal.SizeOf<FileId>())
            ? large
            : new FileId { Volume = information.VolumeSerialNumber, Low = ((ulong)information.FileIndexHigh << 32) | information.FileIndexLow };
        long modified = ((long)information.LastWriteTimeHigh << 32) | information.LastWriteTimeLow;
        return new FileStatus(
            id.Volume,
            new UInt128(id.High, id.Low),
            ((long)information.FileSizeHigh << 32) | information.FileSizeLow,
            UnixNanoseconds(modified),
            0,
            0)
        {
            Kind = KindOf((FileAttributes)information.Attributes),
        };
    }

    /// <summary>
    /// The form in which Windows takes a full path that is longer than 259 characters
    /// (https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation); shorter ones stay as they are.
    /// </summary>
    internal static string Extended(string path)
    {
        const int MaxPath = 260;
        return path.Length < MaxPath || path.StartsWith(@"\\?\", StringComparison.Ordinal) || path.StartsWith(@"\\.\", StringComparison.Ordinal) ? path
            : path.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + path[2..].Replace('/', '\\')
            : path.Length > 2 && path[1] == ':' ? @"\\?\" + path.Replace('/', '\\')
            : path;
    }

    /// <summary>A time of Windows, in tenths of microseconds since 1601, in nanoseconds since 1970: since 1601 they would not fit.</summary>
    internal static long UnixNanoseconds(long fileTime) => checked((fileTime - DateTime.UnixEpoch.ToFileTimeUtc()) * TimeSpan.NanosecondsPerTick);

    private static FileStatus? Of(string path, int flags)
    {
        using SafeFileHandle file = CreateFile(Extended(path), ReadAttributes, ShareAll, 0, OpenExisting, flags, 0);
        return Of(file);
    }

    private static FileKind KindOf(FileAttributes attributes) =>
        attributes.HasFlag(FileAttributes.ReparsePoint) ? FileKind.Link
        : attributes.HasFlag(FileAttributes.Directory) ? FileKind.Folder
        : attributes.HasFlag(FileAttributes.Device) ? FileKind.Special
        : FileKind.Regular;

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(
        string path, int access, int share, nint security, int disposition, int flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "GetFileInformationByHandle")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, out FileInformation information);

    [LibraryImport("kernel32", EntryPoint = "GetFileInformationByHandleEx")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileId(SafeFileHandle file, int kind, out FileId id, int size);

    // FILE_ID_INFO.
    [StructLayout(LayoutKind.Sequential)]
    private struct FileId
    {
        public ulong Volume;
        public ulong Low;
        public ulong High;
    }

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
