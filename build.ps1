<#
.SYNOPSIS
    Builds, tests, analyses and packages SqliteBackup: a thin menu over dotnet and PSScriptAnalyzer.
.DESCRIPTION
    With nothing but the .NET SDK: dotnet dnx -y powershell ./build.ps1 -Task Demo
.PARAMETER Task
    Demo     builds, then backs up a database that a second process writes to, and says how that went: tests/Demo.ps1.
    Build    dotnet build; leaves the importable module in output/SqliteBackup.
    Test     dotnet test: every test there is, the Pester files among them.
    Pester   the Pester files alone, end to end against the built module; -PesterFile chooses among them.
    Analyze  PSScriptAnalyzer over everything that is PowerShell.
    Package  a .nupkg of the module for a gallery, in output/packages.
.PARAMETER Configuration
    Debug or Release. Package always builds Release.
.PARAMETER PesterFile
    The names of the files for the task Pester, without .Tests.ps1; wildcards work.
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Pester -PesterFile Backup-*
#>
[CmdletBinding()]
param(
    [ValidateSet('Demo', 'Build', 'Test', 'Pester', 'Analyze', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    [string] $PesterFile = '*'
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

function Invoke-DotNet {
    dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $($args[0]) failed with exit code $LASTEXITCODE."
    }
}

# The analyser's rules run side by side and now and then trip over each other, which is no finding about the file:
# https://github.com/PowerShell/PSScriptAnalyzer/issues/1708
function Get-AnalyzerFinding {
    param([string] $Path)

    $tries = 5
    foreach ($try in 1..$tries) {
        try {
            return Invoke-ScriptAnalyzer -Path $Path -Settings "$PSScriptRoot/PSScriptAnalyzerSettings.psd1" -ErrorAction Stop
        }
        catch {
            if ($try -eq $tries) {
                throw
            }
        }
    }
}

function Invoke-Analyzer {
    if (-not (Get-Module -ListAvailable -Name PSScriptAnalyzer)) {
        Write-Warning 'PSScriptAnalyzer is not installed: NOTHING was analysed. Install-PSResource PSScriptAnalyzer gets it.'
        return
    }

    $files = Get-ChildItem -Path "$PSScriptRoot/module", "$PSScriptRoot/tests", "$PSScriptRoot/build.ps1" -Recurse -Include *.ps1, *.psm1, *.psd1 |
        Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]'
    $found = @($files | ForEach-Object { Get-AnalyzerFinding -Path $_.FullName })
    $found | ForEach-Object { '{0}:{1}: {2} {3}: {4}' -f $_.ScriptName, $_.Line, $_.Severity, $_.RuleName, $_.Message }
    if ($found) {
        throw "PSScriptAnalyzer: $($found.Count) findings."
    }
    'PSScriptAnalyzer: nothing found.'
}

Push-Location -LiteralPath $PSScriptRoot
try {
    foreach ($item in $Task) {
        switch ($item) {
            'Demo' {
                'Building what the demo needs. The first time that takes a minute.'
                foreach ($project in 'src/SqliteBackup.Module', 'tests/SqliteBackup.Testing') {
                    Invoke-DotNet build $project --configuration $Configuration --verbosity quiet --nologo '-consoleLoggerParameters:NoSummary'
                }
                & "$PSScriptRoot/tests/Demo.ps1" -Configuration $Configuration
            }
            'Build' { Invoke-DotNet build --configuration $Configuration }
            'Test' { Invoke-DotNet test --configuration $Configuration }
            'Pester' { Invoke-DotNet test tests/SqliteBackup.Pester.Tests --configuration $Configuration --environment "SQLITEBACKUP_PESTER=$PesterFile" }
            'Analyze' { Invoke-Analyzer }
            'Package' { Invoke-DotNet pack src/SqliteBackup.Module --configuration Release --output output/packages }
        }
    }
}
finally {
    Pop-Location
}
