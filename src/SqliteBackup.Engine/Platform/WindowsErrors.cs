namespace SqliteBackup.Platform;

/// <summary>
/// Windows' error numbers as .NET's exceptions carry them (https://learn.microsoft.com/windows/win32/debug/system-error-codes). No error number of
/// another system has these values.
/// </summary>
internal static class WindowsErrors
{
    public const int PathNotFound = unchecked((int)0x80070003);
    public const int WriteProtected = unchecked((int)0x80070013);
    public const int SharingViolation = unchecked((int)0x80070020);
    public const int LockViolation = unchecked((int)0x80070021);
    public const int HandleDiskFull = unchecked((int)0x80070027);
    public const int DiskFull = unchecked((int)0x80070070);
    public const int InvalidName = unchecked((int)0x8007007B);
    public const int NameTooLong = unchecked((int)0x800700CE);
    public const int DiskQuotaExceeded = unchecked((int)0x8007050F);
}
