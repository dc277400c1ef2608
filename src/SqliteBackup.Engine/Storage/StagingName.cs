using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Platform;
using SqliteBackup.Sqlite;

namespace SqliteBackup.Storage;

/// <summary>How files in the making are named, and which abandoned ones may go.</summary>
public static partial class StagingName
{
    /// <summary>Whether a file is, by its name, one in the making: <c>&lt;name&gt;.partial-&lt;16 hexadecimal digits&gt;</c> or a sidecar of it.</summary>
    /// <param name="path">A path or file name.</param>
    public static bool Matches(string path) => Pattern().IsMatch(Path.GetFileName(path));

    /// <summary>
    /// Removes what runs that were killed left in a folder. A file that a run still works on is locked by it and stays. What can't be
    /// removed stays too.
    /// </summary>
    /// <param name="folder">The full path of the folder.</param>
    public static void SweepAbandoned(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (string path in Unfinished(folder))
        {
            // Sidecars go with their file, and only by themselves once it is gone.
            string file = Sidecar().Replace(path, "");
            if (Matches(path) && (file == path || !File.Exists(file)))
            {
                TryRemove(path);
            }
        }
    }

    /// <summary>Whether a file is, by its name, a copy that failed its check and was kept: <c>&lt;name&gt;.failed-&lt;16 hexadecimal digits&gt;</c>.</summary>
    /// <param name="path">A path or file name.</param>
    public static bool IsFailed(string path) => Failed().IsMatch(Path.GetFileName(path));

    /// <summary>The name of the file whose lock is a backup's: swept like any in the making when nobody holds it.</summary>
    internal static string ForLock(string backup) => $"{backup}.partial-0000000000000000";

    internal static string ForFailed(string destination) => $"{destination}.failed-{NewId()}";

    internal static string For(string destination) => $"{destination}.partial-{NewId()}";

    private static string NewId() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    private static string[] Unfinished(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.partial-*");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that may be written but not listed can be backed up to, and nobody can sweep it.
            return [];
        }
    }

    /// <summary>Removes one file in the making, unless the run that made it still works on it.</summary>
    internal static void RemoveAbandoned(string path) => TryRemove(path);

    /// <summary>Whether a path leads to an open file and not to another that took its name.</summary>
    internal static bool IsAt(string path, SafeFileHandle file)
    {
        FileStatus open = FileStatus.Of(file);
        return FileStatus.Of(path) is FileStatus named && named.Volume == open.Volume && named.FileNumber == open.FileNumber;
    }

    private static void TryRemove(string path)
    {
        try
        {
            // No run makes a link. What it leads to may be a database that this process has open, whose locks a close here would drop.
            if (File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
            {
                File.Delete(path);
                return;
            }

            if (FileStatus.Of(path) is not { Kind: FileKind.Regular })
            {
                return;
            }

            // Opening fails while the run that made it holds its lock, on Windows while anybody has it open. There the file goes with this handle,
            // in one step: nobody can make a new one of the name in between.
            FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, options);
            if (OperatingSystem.IsWindows())
            {
                DeleteSidecars(path);
            }
            else if (IsAt(path, file))
            {
                // Another may have removed it in between, and a third have made a new one of that name.
                File.Delete(path);
                DeleteSidecars(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In use, or not ours to remove.
        }
    }

    private static void DeleteSidecars(string path)
    {
        foreach (string suffix in Sidecars.Suffixes)
        {
            File.Delete(path + suffix);
        }
    }

    [GeneratedRegex($@"\.partial-[0-9a-f]{{16}}{Sidecars.Pattern}?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\.failed-[0-9a-f]{16}$", RegexOptions.CultureInvariant)]
    private static partial Regex Failed();

    [GeneratedRegex($"{Sidecars.Pattern}$", RegexOptions.CultureInvariant)]
    private static partial Regex Sidecar();
}
