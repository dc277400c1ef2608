using System.Management.Automation;
using System.Reflection;

namespace SqliteBackup.Commands;

/// <summary>
/// Hands the cmdlets of an assembly to the module by name: Import-Module -Force on an assembly that is already loaded does not export them
/// again (https://github.com/PowerShell/PowerShell/issues/20710).
/// </summary>
public static class CmdletExports
{
    private static readonly MethodInfo AddExportedCmdlet =
        typeof(PSModuleInfo).GetMethod(nameof(AddExportedCmdlet), BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new PlatformNotSupportedException("This PowerShell has no way to export a cmdlet of another assembly. PowerShell 7.4 and later have.");

    /// <summary>Exports them. What a module exports already it exports once.</summary>
    /// <param name="assembly">The module that PowerShell made of the assembly.</param>
    /// <param name="module">The module that exports them.</param>
    /// <exception cref="PlatformNotSupportedException">PowerShell is another than those that this was made for.</exception>
    public static void Add(PSModuleInfo assembly, PSModuleInfo module)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (CmdletInfo cmdlet in assembly.ExportedCmdlets.Values)
        {
            AddExportedCmdlet.Invoke(module, [cmdlet]);
        }
    }
}
