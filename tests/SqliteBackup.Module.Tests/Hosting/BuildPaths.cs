using System.Reflection;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>Where the build put things.</summary>
internal static class BuildPaths
{
    public static string StagedModule { get; } = Of("StagedModule");

    public static string RepositoryRoot { get; } = Of("RepositoryRoot");

    public static string HelpBuilder { get; } = Of("HelpBuilder");

    public static string Tool { get; } =
        Path.GetFullPath(Path.Combine(Of("ToolFolder"), OperatingSystem.IsWindows() ? "sqlitebackup.exe" : "sqlitebackup"));

    private static string Of(string key) =>
        typeof(BuildPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(metadata => metadata.Key == key).Value!;
}
