using System.Reflection;

namespace SqliteBackup.Pester;

/// <summary>What the build knew.</summary>
internal static class Build
{
    public static string RepositoryRoot => Value("RepositoryRoot");

    /// <summary>For dotnet to run: the tool's package has a pwsh for one platform alone.</summary>
    public static string PowerShell => Path.Combine(Value("PowerShellHome"), "pwsh.dll");

    public static string PesterModule => Value("PesterModule");

    /// <summary>The dotnet that runs this process: .../shared/Microsoft.NETCore.App/version/ stands three folders below it.</summary>
    public static string DotNetRoot { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));

    private static string Value(string key) => typeof(Build).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
