using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SqliteBackup.Testing;

/// <summary>What a file system holds besides files and folders, and files of other users.</summary>
public static partial class Special
{
    /// <summary>Makes a pipe with a name.</summary>
    public static string Pipe(string path)
    {
        Run("mkfifo", path);
        return path;
    }

    /// <summary>Makes a socket with a name, which goes when what is returned is disposed of.</summary>
    public static IDisposable Socket(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>Makes a device like <c>/dev/null</c>, or answers false where that is not allowed.</summary>
    public static bool TryDevice(string path)
    {
        using Process process = Process.Start(new ProcessStartInfo("mknod", [path, "c", "1", "3"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Why files can't be given to another user here, or null.</summary>
    public static string? CantGiveAway =>
        !OperatingSystem.IsWindows() && Environment.UserName == "root" ? null : "only root can give a file to another user";

    /// <summary>Gives a file, folder or link to the user nobody.</summary>
    public static void GiveAway(string path) => Run("chown", "-h", "65533:65533", path);

    /// <summary>Gives a file a second name.</summary>
    public static void HardLink(string existing, string name)
    {
        if (!OperatingSystem.IsWindows())
        {
            Run("ln", existing, name);
        }
        else if (!CreateHardLink(name, existing, 0))
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string name, string existing, nint security);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }
}
