using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell.Commands;

namespace SqliteBackup.Tool.Hosting;

/// <summary>Sees to a script's <c>#requires</c> lines, which the engine does only for scripts that it reads itself.</summary>
internal static class ScriptRequirementCheck
{
    /// <summary>Imports what is required and not there yet.</summary>
    /// <exception cref="RuntimeException">Something required can not be had.</exception>
    public static void Demand(ScriptRequirements? requirements, Runspace runspace)
    {
        if (requirements is null)
        {
            return;
        }

        if (requirements.RequiredPSVersion > runspace.Version)
        {
            throw Unmet($"PowerShell {requirements.RequiredPSVersion}; this is {runspace.Version}");
        }

        System.Collections.ObjectModel.ReadOnlyCollection<string> editions = requirements.RequiredPSEditions;
        if (editions.Count > 0 && !editions.Contains("Core", StringComparer.OrdinalIgnoreCase))
        {
            throw Unmet("Windows PowerShell");
        }

        if (requirements.IsElevationRequired && !Environment.IsPrivilegedProcess)
        {
            throw Unmet("administrator or root rights");
        }

        foreach (ModuleSpecification module in requirements.RequiredModules)
        {
            Import(module, runspace);
        }
    }

    private static void Import(ModuleSpecification module, Runspace runspace)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        if (shell.AddCommand("Get-Module").AddParameter("FullyQualifiedName", module).Invoke().Count == 0)
        {
            shell.Commands.Clear();
            shell.AddCommand("Import-Module").AddParameter("FullyQualifiedName", module).AddParameter("ErrorAction", ActionPreference.Stop);
            shell.Invoke();
        }
    }

    private static RuntimeException Unmet(string what) => new($"The script requires {what}.");
}
