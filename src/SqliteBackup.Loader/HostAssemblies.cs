using System.Reflection;

namespace SqliteBackup.Loader;

/// <summary>The assemblies that the host brings: the framework's and PowerShell's own.</summary>
internal static class HostAssemblies
{
    private static readonly Lazy<Dictionary<string, string>> Paths = new(Read);

    /// <summary>
    /// Whether the host brings an assembly in the wanted version or a newer one. What other modules have loaded does not count: theirs may go
    /// under the same name and be another.
    /// </summary>
    public static bool Have(AssemblyName wanted) =>
        Paths.Value.TryGetValue(wanted.Name ?? "", out string? path) && AssemblyName.GetAssemblyName(path).Version >= wanted.Version;

    private static Dictionary<string, string> Read()
    {
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string all = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (string path in all.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        return paths;
    }
}
