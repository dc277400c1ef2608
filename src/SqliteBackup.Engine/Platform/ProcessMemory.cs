using System.Runtime.InteropServices;

namespace SqliteBackup.Platform;

/// <summary>The memory that this process holds.</summary>
internal static partial class ProcessMemory
{
    private static bool _canTrim = OperatingSystem.IsLinux();

    /// <summary>
    /// Collects the youngest garbage, and gives back what the C library keeps of memory that was freed. By itself the runtime lets as much of such
    /// garbage gather as the processor's cache holds, which is hundreds of megabytes on some machines; and glibc keeps what each thread had at most,
    /// which is ten megabytes and more for every method of that size which was compiled. Both take a millisecond.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(0);
        if (!_canTrim)
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which does not keep it.
            _canTrim = false;
        }
    }

    // https://www.gnu.org/software/libc/manual/html_node/Freeing-after-Malloc.html
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
