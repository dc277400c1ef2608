using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>A file system of few megabytes in a folder, until it is disposed.</summary>
public sealed class SmallFileSystem : IDisposable
{
    private readonly string _folder;

    private SmallFileSystem(string folder) => _folder = folder;

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where; made if missing.</param>
    /// <param name="megabytes">Its size.</param>
    /// <param name="inodes">How many files and folders it takes, itself included; 0 for no limit.</param>
    /// <returns>It, or null where that is not possible: it takes Linux and the rights of its administrator.</returns>
    public static SmallFileSystem? TryMount(string folder, int megabytes, int inodes = 0)
    {
        Directory.CreateDirectory(folder);
        return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,nr_inodes={inodes}", "tmpfs", folder) ? new SmallFileSystem(folder) : null;
    }

    public void Dispose() => Run("umount", "-l", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
