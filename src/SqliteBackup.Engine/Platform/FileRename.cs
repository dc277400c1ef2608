using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SqliteBackup.Platform;

/// <summary>
/// Gives a file another name in its folder, in one step. The file may be open: whoever opened it shares its deletion on Windows, where that is
/// the right to rename it, too. There the call comes back when the name is on the disk; elsewhere the folder is flushed after it.
/// </summary>
internal static partial class FileRename
{
    // MOVEFILE_REPLACE_EXISTING and MOVEFILE_WRITE_THROUGH (https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw).
    private const int ReplaceExisting = 1;
    private const int WriteThrough = 8;

    /// <summary>Renames a file, which takes the place of what has the name.</summary>
    /// <exception cref="IOException">It can't be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed.</exception>
    public static void Replace(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            MovePatiently(from, to, ReplaceExisting | WriteThrough);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }
    }

    /// <summary>Renames a file unless something has the name.</summary>
    /// <returns>False where something has it.</returns>
    /// <exception cref="IOException">It can't be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed.</exception>
    public static bool TryTakeName(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            return LinkOrMove(from, to);
        }

        try
        {
            MovePatiently(from, to, WriteThrough);
            return true;
        }
        catch (IOException exception) when (exception.HResult is WindowsErrors.AlreadyExists or WindowsErrors.FileExists)
        {
            return false;
        }
    }

    // A link takes a free name in one step and never an occupied one. Where a file system has no links, the look before the rename leaves an
    // instant in which two runs could take the same name.
    [UnsupportedOSPlatform("windows")]
    private static bool LinkOrMove(string from, string to)
    {
        int error = PosixFiles.Link(from, to);
        if (error == 0)
        {
            File.Delete(from);
        }
        else if (error == PosixFiles.FileExists || Path.Exists(to))
        {
            return false;
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }

        return true;
    }

    [SupportedOSPlatform("windows")]
    private static void MovePatiently(string from, string to, int flags)
    {
        try
        {
            BriefRetry.Default.Run(() => Move(from, to, flags), WindowsErrors.IsMomentary);
        }
        catch (UnauthorizedAccessException)
        {
            // Windows says the same of a file that may not be replaced and of one that somebody has open. To open it tells which.
            if (File.Exists(to))
            {
                File.OpenHandle(to, FileMode.Open, FileAccess.Read, FileShare.None).Dispose();
            }

            throw;
        }
    }

    [SupportedOSPlatform("windows")]
    private static void Move(string from, string to, int flags)
    {
        if (!MoveFile(WindowsFileStatus.Extended(from), WindowsFileStatus.Extended(to), flags))
        {
            throw WindowsErrors.ExceptionOf(Marshal.GetLastPInvokeError(), to);
        }
    }

    [LibraryImport("kernel32", EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MoveFile(string from, string to, int flags);
}
