using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SqliteBackup.Engine.Native;

/// <summary>The few POSIX calls that .NET does not carry.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class PosixFiles
{
    private const int ReadOnly = 0;

    /// <summary>Flushes a folder's entries to the disk, so that a rename in it survives a loss of power.</summary>
    /// <exception cref="IOException">The flush failed.</exception>
    public static void FlushFolder(string path)
    {
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw Error("open", path);
        }

        // EINVAL and ENOTSUP: some file systems have no such thing as flushing a folder, and need none.
        const int InvalidArgument = 22;
        int code = Fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (code != 0 && error != InvalidArgument && error != NotSupported)
        {
            throw new IOException($"fsync of '{path}': {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Gives a file a second name, unless that name is taken.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Link(string existing, string name) => LinkCore(existing, name) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The id of the user whose rights the process has.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>EEXIST, the same number everywhere.</summary>
    public const int FileExists = 17;

    private static int NotSupported => OperatingSystem.IsLinux() ? 95 : 45;

    private static IOException Error(string call, string path) =>
        new($"{call} of '{path}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCore(string existing, string name);
}
