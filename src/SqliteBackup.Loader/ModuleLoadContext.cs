using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace SqliteBackup.Loader;

/// <summary>
/// The private context in which the module's own assemblies and its native SQLite live, so that another module's
/// versions of them cannot break ours, nor ours theirs.
/// </summary>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    private static readonly object Gate = new();
    private static ModuleLoadContext? _instance;

    private readonly string _moduleRoot;
    private readonly ConcurrentDictionary<string, nint> _nativeHandles = new(StringComparer.Ordinal);
    private Assembly? _cmdlets;

    private ModuleLoadContext(string moduleRoot)
        : base("SqliteBackup", isCollectible: false) => _moduleRoot = moduleRoot;

    /// <summary>
    /// The assembly with the cmdlets. Every import in the process, whichever runspace it comes from, gets the same one.
    /// </summary>
    /// <param name="moduleRoot">The module's folder.</param>
    /// <exception cref="InvalidOperationException">The process already runs the module from another folder.</exception>
    public static Assembly LoadCmdlets(string moduleRoot)
    {
        string root = FolderPath.Real(moduleRoot);
        lock (Gate)
        {
            _instance ??= new ModuleLoadContext(root);
            if (!string.Equals(_instance._moduleRoot, root, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"This process already runs SqliteBackup from '{_instance._moduleRoot}'. Start a new session to use the one in '{root}'.");
            }

            return _instance._cmdlets ??= _instance.LoadFromAssemblyPath(Path.Combine(root, "bin", "SqliteBackup.dll"));
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // What the module does not carry (the framework, System.Management.Automation) comes from the host.
        string path = Path.Combine(_moduleRoot, "bin", assemblyName.Name + ".dll");
        if (File.Exists(path))
        {
            return LoadFromAssemblyPath(path);
        }

        // What the stores need, and nobody else: the SDKs, and newer parts of the framework than an older host has.
        string forStores = Path.Combine(_moduleRoot, "bin", "stores", assemblyName.Name + ".dll");
        return File.Exists(forStores) && !HostAssemblies.Have(assemblyName) ? LoadFromAssemblyPath(forStores) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        unmanagedDllName == "e_sqlite3" ? _nativeHandles.GetOrAdd(unmanagedDllName, LoadNativeSqlite) : 0;

    private nint LoadNativeSqlite(string name)
    {
        string rid = NativeRuntime.Identifier;
        string path = Path.Combine(_moduleRoot, "runtimes", rid, "native", NativeRuntime.FileNameOf(name));
        if (!File.Exists(path))
        {
            throw new DllNotFoundException(
                $"SqliteBackup has no native SQLite library for this platform ({rid}): '{path}' does not exist. " +
                "Install the module again; if it is whole, this platform is not supported.");
        }

        return NativeLibrary.Load(path);
    }
}
