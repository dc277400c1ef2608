using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>
/// Makes a folder one that can't be written, for root too: by its rights for everybody else, for root by a read-only bind mount.
/// </summary>
public sealed class ReadOnlyFolder : IDisposable
{
    private readonly string _path;
    private readonly bool _isMounted;

    private ReadOnlyFolder(string path, bool isMounted)
    {
        _path = path;
        _isMounted = isMounted;
    }

    /// <summary>Makes a folder read-only until disposal.</summary>
    /// <returns>Null where that can't be done here.</returns>
    public static ReadOnlyFolder? TryMake(string path, out string? reason)
    {
        reason = null;
        if (OperatingSystem.IsWindows())
        {
            reason = "not on Windows";
            return null;
        }

        if (Environment.UserName != "root")
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return new ReadOnlyFolder(path, isMounted: false);
        }

        if (Mount("--bind", path, path) is string bindError)
        {
            reason = bindError;
            return null;
        }

        var folder = new ReadOnlyFolder(path, isMounted: true);
        if (Mount("-o", "remount,bind,ro", path) is string remountError)
        {
            folder.Dispose();
            reason = remountError;
            return null;
        }

        return folder;
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", "-l", _path);
        }
        else
        {
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string? Mount(params string[] arguments) => Run("mount", arguments);

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
