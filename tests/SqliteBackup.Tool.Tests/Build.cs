using System.Reflection;

namespace SqliteBackup.Tool.Tests;

/// <summary>Where the build put what is tested.</summary>
internal static class Build
{
    public static string Configuration { get; } = Metadata("Configuration");

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static string Tool { get; } =
        Path.GetFullPath(Path.Combine(Metadata("ToolFolder"), OperatingSystem.IsWindows() ? "sqlitebackup.exe" : "sqlitebackup"));

    private static string Metadata(string key) => typeof(Build).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}
