using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SqliteBackup.Platform;

/// <summary>The few POSIX calls that .NET does not carry.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class PosixFiles
{
    /// <summary>Gives a file a second name, unless that name is taken.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Link(string existing, string name) => LinkCore(existing, name) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The path of a file or folder that exists, links resolved.</summary>
    /// <exception cref="IOException">There is none, or it can't be reached.</exception>
    public static unsafe string RealPath(string path)
    {
        // PATH_MAX is 4,096 bytes on Linux and 1,024 on macOS.
        byte* resolved = stackalloc byte[4097];
        return RealPathCore(path, resolved) != 0 ? Marshal.PtrToStringUTF8((nint)resolved)! : throw Error("realpath", path);
    }

    /// <summary>The id of the user whose rights the process has.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>EEXIST, the same number everywhere.</summary>
    public const int FileExists = 17;

    private static IOException Error(string call, string path) =>
        new($"{call} of '{path}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint RealPathCore(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCore(string existing, string name);
}
