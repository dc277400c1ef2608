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
$said = Invoke-Pester -Configuration $configuration 3>&1
$run = $said | Where-Object { $_ -is [Pester.Run] }
# A file says in a warning why it skips its tests.
$warning = $said | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | Select-Object -ExpandProperty Message -Unique
$warning | Out-Host

function Get-ErrorText($ErrorRecord) {
    $text = foreach ($item in $ErrorRecord) { $item.DisplayErrorMessage; $item.DisplayStackTrace; '' }
    ($text -join [Environment]::NewLine).TrimEnd()
}

$rows = @(
    foreach ($test in $run.Tests) {
        @{
            Name   = $test.ExpandedPath
            Result = $test.Result
            Text   = $test.Result -eq 'Failed' ? (Get-ErrorText $test.ErrorRecord) : "$warning"
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
