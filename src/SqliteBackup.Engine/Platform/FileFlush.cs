using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>
/// Flushes files and folders to the disk and looks at every answer. .NET's <c>RandomAccess.FlushToDisk</c> and <c>FileStream.Flush(true)</c>
/// report success where the system answers EIO, ENOSPC or EDQUOT (measured under .NET 10), so nothing else in the Engine flushes.
/// </summary>
internal static partial class FileFlush
{
    private const int Interrupted = 4;
    private const int InvalidArgument = 22;
    private const int NotATerminal = 25;
    private const int ReadOnly = 0;

    // fcntl's F_FULLFSYNC: on macOS fsync leaves the bytes in the drive's own cache, those of a folder as those of a file
    // (https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/fsync.2.html).
    private const int FullFlush = 51;

    private static int NotSupported => OperatingSystem.IsLinux() ? 95 : 45;

    /// <summary>Flushes a file's bytes.</summary>
    /// <param name="file">An open handle, which may be written to.</param>
    /// <param name="path">Its path, for the message.</param>
    /// <exception cref="IOException">The system did not take the bytes. It tells of that once: a later flush that succeeds proves nothing.</exception>
    public static void File(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(file))
            {
                int code = Marshal.GetLastPInvokeError();
                throw new IOException($"{path}: {new Win32Exception(code).Message}", unchecked((int)0x80070000) | code);
            }

            return;
        }

        if (Flush(file) is int error and not 0)
        {
            throw Failed(path, error);
        }
    }

    /// <summary>
    /// Has the system begin to write a file's bytes, without waiting for it, where there is such a call. Only a hint: it proves nothing, and a flush
    /// that comes after it hears of every error.
    /// </summary>
    /// <param name="file">An open handle, which may be written to.</param>
    public static void Begin(SafeFileHandle file)
    {
        // Without the flags that wait, it takes no error from whoever flushes (https://man7.org/linux/man-pages/man2/sync_file_range.2.html).
        const uint Write = 2;
        if (OperatingSystem.IsLinux())
        {
            _ = SyncFileRange(file, 0, 0, Write);
        }
    }

    /// <summary>Flushes a folder's entries, so that a rename in it survives a loss of power. Windows has no such call and needs none.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">It can't be opened or flushed.</exception>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new SafeFileHandle(Open(path, ReadOnly), ownsHandle: true);
        int error = folder.IsInvalid ? Marshal.GetLastPInvokeError() : Flush(folder);

        // Some file systems have no such thing as flushing a folder, and need none.
        if (error != 0 && (folder.IsInvalid || (error != InvalidArgument && error != NotSupported)))
        {
            throw Failed(path, error);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static int Flush(SafeFileHandle file)
    {
        if (OperatingSystem.IsMacOS())
        {
            int error = Retry(() => Fcntl(file, FullFlush) == 0 ? 0 : Marshal.GetLastPInvokeError());
            if (error != InvalidArgument && error != NotATerminal && error != NotSupported)
            {
                return error;
            }
        }

        return Retry(() => Fsync(file));
    }

    private static int Retry(Func<int> call)
    {
        int error;
        do
        {
            error = call();
        }
        while (error == Interrupted);
        return error;
    }

    private static unsafe int Fsync(SafeFileHandle file)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            Marshal.SetLastSystemError(0);
            return Posix.Fsync((int)file.DangerousGetHandle()) == 0 ? 0 : Marshal.GetLastSystemError();
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    // The number goes along, as .NET's own exceptions carry it: a full disk and a quota have an id of their own.
    private static IOException Failed(string path, int error) =>
        new($"{path}: it could not be flushed to the disk ({Marshal.GetPInvokeErrorMessage(error)})", error);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command);

    [LibraryImport("kernel32", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);

    // Looked up as the program itself would: so what stands before the C library (a fault injector, eatmydata, a quota's shim) is heard, too.
    private static unsafe class Posix
    {
        public static readonly delegate* unmanaged<int, int> Fsync =
            (delegate* unmanaged<int, int>)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "fsync");
    }
}
