using System.Reflection;
using System.Runtime.InteropServices;
using SqliteBackup.Loader;

namespace SqliteBackup.Tool.Demo;

/// <summary>Finds the native SQLite in the module's folder, where it ships once.</summary>
internal static class ModuleNativeLibrary
{
    private const string Library = "e_sqlite3";

    private static string Folder { get; } =
        Path.Combine(AppContext.BaseDirectory, "SqliteBackup", "runtimes", NativeRuntime.Identifier, "native");

    /// <summary>Makes <paramref name="provider"/> load the module's library. Only for a process that does not import the module.</summary>
    public static void UseIn(Assembly provider) => NativeLibrary.SetDllImportResolver(provider, static (name, _, _) =>
        name == Library ? NativeLibrary.Load(Path.Combine(Folder, NativeRuntime.FileNameOf(Library))) : 0);
}
