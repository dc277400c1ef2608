using System.ComponentModel;
using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>A library that, loaded before all others (LD_PRELOAD), makes each flush of files or of folders fail in a process.</summary>
public static class FailingFlush
{
    private const string Source = """
        #include <errno.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        static int flush(int fd, long call)
        {
            const char *what = getenv("FAILING_FLUSH"), *number = getenv("FAILING_FLUSH_ERRNO");
            struct stat status;
            if (what && number && fstat(fd, &status) == 0
                && ((S_ISREG(status.st_mode) && strcmp(what, "file") == 0) || (S_ISDIR(status.st_mode) && strcmp(what, "folder") == 0))) {
                errno = atoi(number);
                return -1;
            }
            return (int)syscall(call, fd);
        }
        int fsync(int fd) { return flush(fd, SYS_fsync); }
        int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }
        """;

    /// <summary>Compiles it.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="reason">Why it can't be had here.</param>
    /// <returns>The library's path, or null.</returns>
    public static string? TryBuild(string folder, out string? reason)
    {
        string library = Path.Combine(folder, "failing-flush.so");
        string source = Path.Combine(folder, "failing-flush.c");
        reason = OperatingSystem.IsLinux() ? null : "it takes Linux";
        if (reason is not null)
        {
            return null;
        }

        File.WriteAllText(source, Source);
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-o", library, source]) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            reason = process.ExitCode == 0 ? null : error;
        }
        catch (Win32Exception)
        {
            reason = "gcc is missing: install the packages gcc and libc6-dev";
        }

        return reason is null ? library : null;
    }
}
