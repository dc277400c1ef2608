using System.ComponentModel;
using System.Diagnostics;

namespace SqliteBackup.Testing;

/// <summary>
/// A library that, loaded before all others (LD_PRELOAD), makes each flush of files or of folders fail in a process, or what SQLite writes from an
/// offset on to files whose names end in some way; or kills the process there (error 0). It can keep a copy of what was flushed of such files:
/// all that a loss of power is sure to leave.
/// </summary>
public static class FailingDisk
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        static int is_named(int fd, const char *end, char *path, size_t size)
        {
            char link[40];
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t count = readlink(link, path, size - 1);
            path[count < 0 ? 0 : count] = 0;
            return count >= (ssize_t)strlen(end) && strcmp(path + count - strlen(end), end) == 0;
        }
        static void keep(const char *path)
        {
            char to[4200], bytes[65536];
            snprintf(to, sizeof to, "%s.flushed", path);
            int in = open(path, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
            for (ssize_t count; (count = read(in, bytes, sizeof bytes)) > 0;)
                if (write(out, bytes, count) != count) abort();
            close(in);
            close(out);
        }
        static int flush(int fd, long call)
        {
            const char *what = getenv("FAILING_FLUSH"), *number = getenv("FAILING_FLUSH_ERRNO"), *kept = getenv("KEEP_FLUSHED");
            struct stat status;
            char path[4096];
            if (what && number && fstat(fd, &status) == 0
                && ((S_ISREG(status.st_mode) && strcmp(what, "file") == 0) || (S_ISDIR(status.st_mode) && strcmp(what, "folder") == 0))) {
                errno = atoi(number);
                return -1;
            }
            if (kept && is_named(fd, kept, path, sizeof path))
                keep(path);
            return (int)syscall(call, fd);
        }
        int fsync(int fd) { return flush(fd, SYS_fsync); }
        int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }
        ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
        {
            const char *end = getenv("FAILING_WRITE"), *number = getenv("FAILING_WRITE_ERRNO"), *from = getenv("FAILING_WRITE_FROM");
            char path[4096];
            if (end && number && from && offset + (off64_t)length > atoll(from) && is_named(fd, end, path, sizeof path)) {
                if (atoi(number) == 0)
                    raise(SIGKILL);
                errno = atoi(number);
                return -1;
            }
            return syscall(SYS_pwrite64, fd, bytes, length, offset);
        }
        """;

    /// <summary>Compiles it.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="reason">Why it can't be had here.</param>
    /// <returns>The library's path, or null.</returns>
    public static string? TryBuild(string folder, out string? reason)
    {
        string library = Path.Combine(folder, "failing-disk.so");
        string source = Path.Combine(folder, "failing-disk.c");
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
