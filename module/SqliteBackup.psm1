# Loads the cmdlets into a load context of their own; everything else is in the assemblies.
# Only the language and Import-Module are used here: a host of the bare engine has neither Add-Type nor Join-Path.

# The default context takes one assembly of a name. Another copy of the module finds its loader here, which refuses in words.
$loader = $null
foreach ($loaded in [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies) {
    if ($loaded.GetName().Name -eq 'SqliteBackup.Loader') { $loader = $loaded }
}
if (-not $loader) {
    $loader = [System.Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath(
        [System.IO.Path]::Combine($PSScriptRoot, 'SqliteBackup.Loader.dll'))
}

$assembly = $loader.GetType('SqliteBackup.Loader.ModuleLoadContext').GetMethod('LoadCmdlets').Invoke($null, @($PSScriptRoot))
$inner = Import-Module -Assembly $assembly -PassThru

# Import-Module -Force on an assembly that is already loaded does not export its cmdlets again
# (https://github.com/PowerShell/PowerShell/issues/20710), so they are handed to this module by name.
$addExportedCmdlet = [System.Management.Automation.PSModuleInfo].GetMethod(
    'AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
    $addExportedCmdlet.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet))
}
