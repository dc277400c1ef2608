using System.Runtime.InteropServices;

namespace SqliteBackup.Platform;

/// <summary>
/// Keeps the process alive where a write meets its limit on the size of files (<c>ulimit -f</c>): by default SIGXFSZ ends it without a word.
/// Caught, the write answers EFBIG, and that is an error with a path and a way out.
/// </summary>
internal static class FileSizeSignal
{
    // The same number on Linux and macOS.
    private const int FileSizeExceeded = 25;

    // Held for the life of the process: disposal would restore the default.
    private static readonly PosixSignalRegistration? Registration = OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create((PosixSignal)FileSizeExceeded, context => context.Cancel = true);

    /// <summary>Catches the signal from now on.</summary>
    public static void Catch() => GC.KeepAlive(Registration);
}
