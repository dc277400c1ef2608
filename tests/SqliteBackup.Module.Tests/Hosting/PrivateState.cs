using System.Runtime.CompilerServices;

namespace SqliteBackup.ModuleTests.Hosting;

/// <summary>The state folder of this run of the tests, and of the processes it starts: not that of the user who runs them.</summary>
internal static class PrivateState
{
    private static readonly Testing.TempFolder Folder = new();

    [ModuleInitializer]
    public static void Set()
    {
        Environment.SetEnvironmentVariable("SQLITEBACKUP_STATE", Folder["state"]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Folder.Dispose();
    }
}
