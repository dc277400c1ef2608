using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Platform;

namespace SqliteBackup.Sqlite.Vfs;

/// <summary>
/// Has SQLite open nothing but files and folders, and never wait for it: its own open(2) waits for ever at a pipe that nobody writes to. The
/// kind is asked of the descriptor that SQLite goes on to use.
/// </summary>
/// <remarks>
/// The call is replaced as https://sqlite.org/c3ref/vfs.html (xSetSystemCall) describes it, in this process's copy of the library. Elsewhere
/// than on Unix there is nothing to replace.
/// </remarks>
internal static unsafe partial class OpenGuard
{
    private const int Invalid = 22;

    // SQLite opens these by itself: for random numbers, and to fill the place of a standard stream that is closed.
    private static readonly string[] OwnDevices = ["/dev/urandom", "/dev/null"];

    private static delegate* unmanaged[Cdecl]<byte*, int, int, int> s_open;

    private static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    /// <summary>Replaces the call. Once, before the first database is opened.</summary>
    public static void Install()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var vfs = (ForwardingVfs.Vfs*)ForwardingVfs.VfsFind(0);
        fixed (byte* name = "open\0"u8)
        {
            s_open = (delegate* unmanaged[Cdecl]<byte*, int, int, int>)vfs->SystemCall(vfs, name);
            _ = vfs->SetSystemCall(vfs, name, (nint)(delegate* unmanaged[Cdecl]<byte*, int, int, int>)&Open);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(byte* path, int flags, int mode)
    {
        int descriptor = s_open(path, flags | NonBlocking, mode);
        if (descriptor < 0 || IsFileOrFolder(descriptor) || OwnDevices.Contains(Marshal.PtrToStringUTF8((nint)path)))
        {
            return descriptor;
        }

        _ = Close(descriptor);
        Marshal.SetLastSystemError(Invalid);
        return -1;
    }

    private static bool IsFileOrFolder(int descriptor)
    {
        using var file = new SafeFileHandle(descriptor, ownsHandle: false);
        FileStatus? status = OperatingSystem.IsMacOS() ? MacFileStatus.Of(file) : LinuxFileStatus.Of(file);
        return status is { Kind: FileKind.Regular or FileKind.Folder };
    }

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
