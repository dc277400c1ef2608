using System.Globalization;
using System.Runtime.InteropServices;
using SqliteBackup.Platform;

namespace SqliteBackup.Engine.Tests.Platform;

/// <summary>What was freed is given back, although glibc would keep it.</summary>
public sealed unsafe class ProcessMemoryTests
{
    private const int PieceBytes = 64 << 10;
    private const long Megabytes = 256;

    [Fact]
    public void Freed_memory_below_memory_in_use_is_given_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal), "This C library keeps nothing.");
        nint[] pieces = new nint[(Megabytes << 20) / PieceBytes];
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = (nint)NativeMemory.Alloc(PieceBytes);
            NativeMemory.Fill((void*)pieces[i], PieceBytes, 1);
        }

        // What is in use at the end is why the rest is kept.
        foreach (nint piece in pieces[..^1])
        {
            NativeMemory.Free((void*)piece);
        }

        long before = ResidentMegabytes();

        ProcessMemory.GiveBack();

        // Other tests take and free memory meanwhile.
        Assert.InRange(before - ResidentMegabytes(), Megabytes / 2, long.MaxValue);
        NativeMemory.Free((void*)pieces[^1]);
    }

    private static long ResidentMegabytes() => long.Parse(
        File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize >> 20;
}
