using System.Runtime.InteropServices;

namespace SqliteBackup.Platform;

/// <summary>
/// Windows' error numbers as .NET's exceptions carry them (https://learn.microsoft.com/windows/win32/debug/system-error-codes). No error number of
/// another system has these values.
/// </summary>
internal static class WindowsErrors
{
    public const int FileNotFound = unchecked((int)0x80070002);
    public const int PathNotFound = unchecked((int)0x80070003);
    public const int AccessDenied = unchecked((int)0x80070005);
    public const int WriteProtected = unchecked((int)0x80070013);
    public const int SharingViolation = unchecked((int)0x80070020);
    public const int LockViolation = unchecked((int)0x80070021);
    public const int HandleDiskFull = unchecked((int)0x80070027);
    public const int FileExists = unchecked((int)0x80070050);
    public const int DiskFull = unchecked((int)0x80070070);
    public const int InvalidName = unchecked((int)0x8007007B);
    public const int AlreadyExists = unchecked((int)0x800700B7);
    public const int NameTooLong = unchecked((int)0x800700CE);
    public const int DiskQuotaExceeded = unchecked((int)0x8007050F);

    /// <summary>The exception for a call that failed, as .NET's own calls throw it.</summary>
    /// <param name="code">What GetLastError answered: a number of another kind than an exception carries.</param>
    /// <param name="path">The file.</param>
    public static Exception ExceptionOf(int code, string path)
    {
        int result = unchecked((int)0x80070000) | code;
        string message = $"{Marshal.GetPInvokeErrorMessage(code)} : '{path}'";
        return result == AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message, result);
    }

    /// <summary>Whether there is no room: a full disk in both of Windows' words for it, or a quota.</summary>
    /// <param name="code">What GetLastError answered, or what an exception carries.</param>
    public static bool IsNoSpace(int code) => (unchecked((int)0x80070000) | code) is HandleDiskFull or DiskFull or DiskQuotaExceeded;

    /// <summary>
    /// Whether something is refused for as long as another program has a file open: to share nothing, or to be replaced, for which Windows says
    /// that access is denied.
    /// </summary>
    public static bool IsMomentary(Exception exception) =>
        exception is UnauthorizedAccessException || exception.HResult is SharingViolation or LockViolation;
}
