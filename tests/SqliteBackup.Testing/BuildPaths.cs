using System.Reflection;
using System.Runtime.InteropServices;

namespace SqliteBackup.Testing;

/// <summary>Where the build put things.</summary>
public static class BuildPaths
{
    /// <summary>The folder of the checkout.</summary>
    public static string RepositoryRoot { get; } = Of("RepositoryRoot");

    /// <summary>The importable module.</summary>
    public static string StagedModule { get; } = Of("StagedModule");

    /// <summary>What makes the help's file of its pages: an assembly for dotnet.</summary>
    public static string HelpBuilder { get; } = Of("HelpBuilder");

    /// <summary>The second process of the tests: an assembly for dotnet.</summary>
    public static string Writer { get; } = Path.Combine(Of("WriterFolder"), "SqliteBackup.Testing.dll");

    /// <summary>
    /// What starts it: dotnet and the assembly. Where the tests were published with a runtime of their own, its program beside them.
    /// </summary>
    public static IReadOnlyList<string> WriterCommand { get; } = File.Exists(Writer)
        ? ["dotnet", Writer]
        : [Path.Combine(AppContext.BaseDirectory, "SqliteBackup.Testing" + (OperatingSystem.IsWindows() ? ".exe" : ""))];

    /// <summary>The pinned PowerShell: an assembly for dotnet.</summary>
    public static string PowerShell { get; } = Of("PowerShell");

    /// <summary>The dotnet whose runtime runs this. The process itself may be a test project's own program.</summary>
    public static string DotNet { get; } = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Debug or Release.</summary>
    public static string Configuration { get; } = Of("Configuration");

    private static string Of(string key) => Path.TrimEndingDirectorySeparator(
        typeof(BuildPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!);
}
