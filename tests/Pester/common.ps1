# What the files have in common. Each dot-sources it in BeforeDiscovery and in BeforeAll.

$ErrorActionPreference = 'Stop'
$stagedModule = Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'output/SqliteBackup'

<# Whether a program that judges us is missing here; says which. Debian's packages have the programs' names. #>
function Test-ProgramMissing([string[]] $Name) {
    $missing = @($Name | Where-Object { -not (Get-Command -Name $_ -CommandType Application -ErrorAction Ignore) })
    if ($missing) {
        Write-Warning "Not on PATH, so every test of this file is skipped: $($missing -join ', '). Install the package of that name."
    }
    $missing.Count -gt 0
}

<# A new folder to work in, text without colours, and for a repository its password, until Exit-TestFolder. #>
function Enter-TestFolder([switch] $ForRepository) {
    $path = Join-Path $TestDrive ([guid]::NewGuid())
    $null = New-Item -ItemType Directory $path
    Push-Location -LiteralPath $path
    $script:renderingBefore = $PSStyle.OutputRendering
    $PSStyle.OutputRendering = 'PlainText'
    if ($ForRepository) { $env:RESTIC_PASSWORD = 'correct horse' }
    $path
}

function Exit-TestFolder {
    Remove-Item Env:RESTIC_PASSWORD -ErrorAction Ignore
    $PSStyle.OutputRendering = $script:renderingBefore
    Pop-Location
}

function New-Database([string] $Path, [int] $Rows = 50) {
    $null = New-Item -ItemType Directory -Force ((Split-Path $Path) ? (Split-Path $Path) : '.')
    sqlite3 -batch $Path (
        'CREATE TABLE item(id INTEGER PRIMARY KEY, body BLOB);' +
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $Rows) INSERT INTO item SELECT i, zeroblob(3000) FROM n")
    if ($LASTEXITCODE -ne 0) { throw "sqlite3 ended with $LASTEXITCODE." }
}

# What runs this session, and what it takes before its arguments: the .NET tool is dotnet with pwsh.dll.
$pwsh = (Get-Process -Id $PID).Path
$pwshArguments = @(if ((Split-Path -LeafBase $pwsh) -eq 'dotnet') { "$PSHOME/pwsh.dll" }) + '-NoProfile', '-NonInteractive', '-Command'

<# Runs a command in a second PowerShell and gives its output; $LASTEXITCODE is its exit code. #>
function Invoke-Pwsh([string] $Command) {
    & $pwsh @pwshArguments $Command
}

<# Starts a slow backup in a second PowerShell and returns once it copies. Only one at a time: Stop-Worker before the next. #>
function Start-Worker([string] $Database, [string] $Destination) {
    $command = "Import-Module '$stagedModule'; Backup-SqliteDatabase '$Database' '$Destination' -PagesPerStep 2 -StepDelayMilliseconds 10"
    $arguments = $pwshArguments + $command | ForEach-Object { """$_""" }
    $script:worker = Start-Process -FilePath $pwsh -ArgumentList $arguments -PassThru -RedirectStandardOutput "$TestDrive/output" -RedirectStandardError "$TestDrive/error"
    $null = Wait-Progress { param($status) $status.PercentComplete -gt 0 }
}

function Stop-Worker {
    if (-not $script:worker.HasExited) { $script:worker.Kill() }
    $script:worker.WaitForExit()
}

<# The worker's status once it is as wanted. What the worker said is in the error where that never comes. #>
function Wait-Progress([scriptblock] $Condition, [int] $Seconds = 60) {
    $deadline = [datetime]::UtcNow.AddSeconds($Seconds)
    do {
        $ended = $script:worker.HasExited
        $status = Get-SqliteBackupProgress | Where-Object { $_.ProcessId -eq $script:worker.Id }
        if ($status -and (& $Condition $status)) { return $status }
        Start-Sleep -Milliseconds 50
    } until ($ended -or [datetime]::UtcNow -gt $deadline)
    $state = if ($ended) { "ended with $($script:worker.ExitCode)" } else { "is still running after $Seconds seconds" }
    $said = Get-Content -LiteralPath "$TestDrive/error", "$TestDrive/output" -ErrorAction Ignore | Out-String
    throw "The worker $state and was never {$Condition}. Its last status: $($status | Out-String)It said: $said"
}
