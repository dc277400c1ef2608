<#
.SYNOPSIS
    Runs one Pester file and writes what became of each of its tests to a JSON file.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $PesterModule,
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $ResultPath
)

$ErrorActionPreference = 'Stop'
Import-Module -Name $PesterModule
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$run = Invoke-Pester -Configuration $configuration

function Get-ErrorText($ErrorRecord) {
    $text = foreach ($item in $ErrorRecord) { $item.DisplayErrorMessage; $item.DisplayStackTrace; '' }
    ($text -join [Environment]::NewLine).TrimEnd()
}

$rows = @(
    foreach ($test in $run.Tests) {
        @{
            Name   = $test.ExpandedPath
            Result = $test.Result
            Text   = Get-ErrorText $test.ErrorRecord
        }
    }
    # What breaks outside of an It: a BeforeAll, an AfterAll, the file itself.
    foreach ($block in @($run.FailedBlocks) + @($run.FailedContainers)) {
        @{
            Name   = $block.ExpandedPath ?? [System.IO.Path]::GetFileName($Path)
            Result = 'Failed'
            Text   = Get-ErrorText $block.ErrorRecord
        }
    }
)
ConvertTo-Json -InputObject $rows -Depth 3 | Set-Content -LiteralPath $ResultPath
