#Requires -Version 7.4
<#
.SYNOPSIS
    A newcomer's first minute: makes a database, lets a second process write to it, backs it up meanwhile and checks the copy.
.DESCRIPTION
    Run it as ./build.ps1 -Task Demo, which builds what it needs first. It fails if any promise was not kept.
.PARAMETER Megabytes
    The size of the database.
.PARAMETER Seconds
    How long the copy is slowed down to take, so that it can be seen; 0 for full speed.
.PARAMETER Keep
    Keeps the folder with the database and the copy, and says where it is.
.PARAMETER Configuration
    Which build the second process is from.
.EXAMPLE
    ./tests/Demo.ps1 -Megabytes 1000 -Seconds 0
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 100000)] [int] $Megabytes = 64,
    [ValidateRange(0, 3600)] [int] $Seconds = 3,
    [switch] $Keep,
    [ValidateSet('Debug', 'Release')] [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

$program = "$PSScriptRoot/SqliteBackup.Testing/bin/$Configuration/net10.0/SqliteBackup.Testing.dll"

# All of the demo's own SQL runs in other processes: this one has the module's SQLite, and two libraries in one process drop each other's
# locks.
function Start-Writer {
    param([string] $Database, [string] $Mode, [int] $Number = 0)

    $start = [System.Diagnostics.ProcessStartInfo]::new('dotnet')
    foreach ($argument in $program, $Database, $Mode, $Number, 5000) {
        $start.ArgumentList.Add($argument)
    }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    [System.Diagnostics.Process]::Start($start)
}

# Tells it to end, and gives its answer.
function Receive-Answer {
    param([System.Diagnostics.Process] $Process)

    $Process.StandardInput.Close()
    $answer = $Process.StandardOutput.ReadToEnd()
    $Process.WaitForExit()
    if ($Process.ExitCode -ne 0) {
        throw "The second process ended with $($Process.ExitCode). $answer"
    }
    $answer | ConvertFrom-Json
}

# Each promise that was not kept; nothing when all were.
function Get-BrokenPromise {
    param($Before, $Copy, $After, $Writer, [string] $Path)

    if ($Copy.Entries -lt $Before.Entries -or $Copy.Entries -gt $After.Entries) {
        "The copy has $($Copy.Entries) rows, but there were $($Before.Entries) before and $($After.Entries) after."
    }
    if (-not $Copy.IsOneInstant) {
        "The copy mixes two instants: its accounts sum up to $($Copy.Balance), and its $($Copy.Entries) rows end with number $($Copy.LastEntry)."
    }
    if ($Copy.Integrity -ne 'ok') {
        "The copy is damaged: $($Copy.Integrity)"
    }
    if ($Writer.Commits -eq 0 -or $After.Entries -eq $Before.Entries) {
        'The writer did not write meanwhile, so nothing was shown.'
    }
    if ($Writer.Errors -gt 0) {
        "$($Writer.Errors) of the writer's commits failed: $($Writer.FirstError)"
    }
    foreach ($suffix in '-wal', '-shm', '-journal') {
        if ([System.IO.File]::Exists($Path + $suffix)) {
            "The copy is not a single file: it has a $suffix beside it."
        }
    }
}

function Format-Figure {
    param([string] $Format, $Value)

    [string]::Format([cultureinfo]::InvariantCulture, $Format, $Value)
}

function Format-Fact {
    param([string] $Fact, [string] $Value, [string] $Remark)

    $bold, $plain = [Console]::IsOutputRedirected ? '', '' : $PSStyle.Bold, $PSStyle.BoldOff
    ('{0,-25} {1}{2,12}{3} {4}' -f $Fact, $bold, $Value, $plain, $Remark).TrimEnd()
}

Import-Module "$PSScriptRoot/../output/SqliteBackup"
$folder = [System.IO.Directory]::CreateTempSubdirectory('sqlitebackup-demo-').FullName
$database = [System.IO.Path]::Combine($folder, 'app.db')
$writer = $null
try {
    $null = Receive-Answer (Start-Writer $database create -Number $Megabytes)
    "A database in WAL mode: $database, $(Format-Figure '{0:n1} MB' ((Get-Item -LiteralPath $database).Length / 1MB))."

    $writer = Start-Writer $database app -Number 100
    if ($writer.StandardOutput.ReadLine() -ne 'ready') {
        throw 'The second process did not start.'
    }
    'A second process moves money in it 100 times a second and does not stop.'
    $before = Receive-Answer (Start-Writer $database count)

    # At full speed it would be over before anything could be seen.
    $pace = @{}
    if ($Seconds -gt 0) {
        $steps = 100
        $pace = [ordered]@{
            PagesPerStep          = [Math]::Max(1, [int]($Megabytes * 1MB / 4KB / $steps))
            StepDelayMilliseconds = [int]($Seconds * 1000 / $steps)
        }
    }
    "Backing it up meanwhile: Backup-SqliteDatabase app.db backups/$(-join $pace.GetEnumerator().ForEach{ " -$($_.Key) $($_.Value)" })"
    ''
    $backup = Backup-SqliteDatabase -LiteralPath $database -Destination "$folder/backups/" @pace

    $after = Receive-Answer (Start-Writer $database count)
    $written = Receive-Answer $writer
    $copy = Receive-Answer (Start-Writer $backup.Backup check)

    Format-Fact 'Rows before the backup' (Format-Figure '{0:n0}' $before.Entries)
    Format-Fact 'Rows in the copy' (Format-Figure '{0:n0}' $copy.Entries) -Remark 'the database at one instant between the two'
    Format-Fact 'Rows after the backup' (Format-Figure '{0:n0}' $after.Entries)
    Format-Fact 'Money in the copy' (Format-Figure '{0:n0}' $copy.Balance) -Remark 'none is lost: no commit is in it by half'
    Format-Fact 'Restarts of the copy' (Format-Figure '{0:n0}' $backup.Restarts) -Remark 'commits do not send it back to its first page'
    Format-Fact "The writer's commits" (Format-Figure '{0:n0}' $written.Commits) -Remark "$($written.Errors) failed"
    Format-Fact "The writer's longest wait" (Format-Figure '{0:n1} ms' $written.MaxMilliseconds) -Remark (
        Format-Figure 'half of its commits took {0:n1} ms or less' $written.MedianMilliseconds)
    Format-Fact 'Integrity of the copy' $copy.Integrity -Remark 'PRAGMA integrity_check, by another process'
    Format-Fact 'Size of the copy' (Format-Figure '{0:n1} MB' ($backup.Bytes / 1MB)) -Remark 'one file'
    Format-Fact 'Time it took' (Format-Figure '{0:n1} s' $backup.Duration.TotalSeconds) -Remark (
        $Seconds -gt 0 ? 'slowed down to be seen; try ./tests/Demo.ps1 -Seconds 0' : (Format-Figure '{0:n0} MB a second' ($backup.BytesPerSecond / 1MB)))
    ''

    $broken = @(Get-BrokenPromise -Before $before -Copy $copy -After $after -Writer $written -Path $backup.Backup)
    if ($broken) {
        throw "Not as promised. $($broken -join ' ')"
    }
    'The copy is whole, and nobody had to stop for it. Now yours:'
    '  Import-Module ./output/SqliteBackup'
    '  Backup-SqliteDatabase <your database> <a folder>/'
}
finally {
    if ($writer) {
        if (-not $writer.HasExited) {
            $writer.Kill()
            $writer.WaitForExit()
        }
        $writer.Dispose()
    }
    if ($Keep) {
        "Kept: $folder"
    }
    else {
        Remove-Item -LiteralPath $folder -Recurse -Force
    }
}
