# Loads the cmdlets into a load context of their own; everything else is in the assemblies.
# Only the language and Import-Module are used here: a host of the bare engine has neither Add-Type nor Join-Path. And few calls: PowerShell
# compiles each of them anew in every process, which takes longer than what they do.

# The default context takes one assembly of a name. Another copy of the module finds its loader here, which refuses in words.
$loader = 'SqliteBackup.Loader.ModuleLoadContext' -as [type]
if (-not $loader) {
    $path = [System.IO.Path]::Combine($PSScriptRoot, 'SqliteBackup.Loader.dll')
    $loader = [System.Reflection.Assembly]::LoadFrom($path).GetType('SqliteBackup.Loader.ModuleLoadContext')
}

$assembly = $loader::LoadCmdlets($PSScriptRoot)
$inner = Import-Module -Assembly $assembly -PassThru
$assembly.GetType('SqliteBackup.Commands.CmdletExports')::Add($inner, $ExecutionContext.SessionState.Module)
