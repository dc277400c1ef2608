using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>A file system that does not tell case apart, as those of Windows and macOS, in a folder until it is disposed.</summary>
public sealed class CaselessFileSystem : IDisposable
{
    private readonly string _folder;
    private readonly string _image;

    private CaselessFileSystem(string folder, string image) => (_folder, _image) = (folder, image);

    /// <summary>Why there is none, for a test that skips.</summary>
    public const string Missing = "no file system here ignores case: it takes Linux, root, /dev/fuse and lowntfs-3g (package ntfs-3g)";

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where; made if missing.</param>
    /// <returns>It, or null where that is not possible.</returns>
    public static CaselessFileSystem? TryMount(string folder)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/dev/fuse"))
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        string image = folder + ".image";
        using (FileStream file = File.Create(image))
        {
            file.SetLength(128 << 20);
        }

        if (Run("mkntfs", "-q", "-F", image) && Run("lowntfs-3g", "-o", "ignore_case", image, folder))
        {
            return new CaselessFileSystem(folder, image);
        }

        File.Delete(image);
        return null;
    }

    public void Dispose()
    {
        Run("umount", "-l", _folder);
        File.Delete(_image);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
