using System.Runtime.InteropServices;

namespace SqliteBackup.Loader;

/// <summary>Names this process's platform as the module's <c>runtimes</c> folder does.</summary>
internal static class NativeRuntime
{
    /// <summary>The portable runtime identifier: <c>linux-musl-x64</c>, <c>win-arm64</c> and so on.</summary>
    public static string Identifier { get; } =
        $"{OperatingSystemPart()}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>The file name that the platform gives a library.</summary>
    public static string FileNameOf(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll"
        : OperatingSystem.IsMacOS() ? "lib" + library + ".dylib"
        : "lib" + library + ".so";

    private static string OperatingSystemPart()
    {
        if (OperatingSystem.IsWindows())
        {
            return "win";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "osx";
        }

        // The host was built for one C library; its own identifier says which.
        return RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal)
            ? "linux-musl"
            : "linux";
    }
}
