using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SqliteBackup.Platform;

/// <summary>
/// Opens files for reading, and only files: to open a pipe waits for somebody who may never come, and to open a device can do anything.
/// The kind is asked of the open handle, so that nobody can exchange the file between the question and the opening.
/// </summary>
internal static partial class RegularFile
{
    private const int Interrupted = 4;

    /// <summary>Throws where something is at a path that is neither a file nor a folder, links followed.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.NotADatabase"/>.</exception>
    public static void ThrowIfSpecial(string path)
    {
        if (FileStatus.Of(path) is { Kind: FileKind.Special })
        {
            throw Special(path);
        }
    }

    /// <summary>Opens a file for reading; others may read, write and remove it meanwhile.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be opened.</exception>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.NotADatabase"/>: it is a pipe, a socket or a device.</exception>
    public static FileStream OpenRead(string path, int bufferSize = 4096)
    {
        if (OperatingSystem.IsWindows())
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize);
            return Checked(stream.SafeFileHandle, path) ? stream : throw Refused(stream, path);
        }

        SafeFileHandle file = Open(path);
        return Checked(file, path) ? new FileStream(file, FileAccess.Read, bufferSize) : throw Refused(file, path);
    }

    /// <summary>The whole content of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most that it may have.</param>
    /// <exception cref="IOException">It can't be read, or is larger.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be opened.</exception>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.NotADatabase"/>: it is a pipe, a socket or a device.</exception>
    public static byte[] ReadAllBytes(string path, int maxBytes)
    {
        using FileStream file = OpenRead(path, bufferSize: 0);
        if (file.Length > maxBytes)
        {
            throw new IOException($"'{path}' is too large.");
        }

        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private static bool Checked(SafeFileHandle file, string path) => FileStatus.Of(file).Kind switch
    {
        FileKind.Regular => true,
        FileKind.Folder => throw Refused(file, new UnauthorizedAccessException($"'{path}' is a folder.")),
        _ => false,
    };

    private static SqliteBackupException Refused(IDisposable file, string path) => Refused(file, Special(path));

    private static T Refused<T>(IDisposable file, T exception)
        where T : Exception
    {
        file.Dispose();
        return exception;
    }

    private static SqliteBackupException Special(string path) =>
        new(
            BackupFailure.NotADatabase,
            path,
            $"'{path}' is a pipe, a socket or a device, not a file. Only files are read: check the path, or write what comes out of it into a file first.");

    private static SafeFileHandle Open(string path)
    {
        // O_NONBLOCK, O_CLOEXEC and O_NOCTTY.
        int flags = OperatingSystem.IsLinux() ? 0x800 | 0x80000 | 0x100 : 0x4 | 0x1000000 | 0x20000;
        for (; ; )
        {
            int descriptor = OpenCore(path, flags);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw Error(error, path);
            }
        }
    }

    private static Exception Error(int error, string path)
    {
        const int NoEntry = 2;
        const int AccessDenied = 13;
        const int NotPermitted = 1;
        const int NoSuchDevice = 6;
        string message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'";
        return error switch
        {
            NoEntry => new FileNotFoundException(message, path),
            AccessDenied or NotPermitted => new UnauthorizedAccessException(message),
            NoSuchDevice => Special(path),
            _ => new IOException(message, error),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCore(string path, int flags);
}
