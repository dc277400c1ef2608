using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SqliteBackup.Engine.Native;

/// <summary>The few POSIX calls that .NET does not carry.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class PosixFiles
{
    /// <summary>Gives a file a second name, unless that name is taken.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Link(string existing, string name) => LinkCore(existing, name) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The id of the user whose rights the process has.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>EEXIST, the same number everywhere.</summary>
    public const int FileExists = 17;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCore(string existing, string name);
}
