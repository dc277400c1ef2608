# End to end under a real pwsh, with the backup in another pwsh.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Suspend-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeAll {
        $database = Join-Path $TestDrive 'data/app.db'
        New-Database $database -Rows 3000
    }

    BeforeEach {
        $out = Join-Path $TestDrive ([guid]::NewGuid())
        Start-Worker $database "$out/"
    }

    AfterEach {
        Stop-Worker
    }

    It 'holds a backup of another process still' {
        $paused = Get-SqliteBackupProgress | Where-Object { $_.ProcessId -eq $worker.Id } | Suspend-SqliteBackup -PassThru

        $paused.State | Should -Be 'Paused'
        Start-Sleep -Milliseconds 600
        (Get-SqliteBackupProgress $paused.Id).Remaining | Should -Be $paused.Remaining
        & sqlite3 -batch $database 'BEGIN EXCLUSIVE' | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
    }

    It 'changes nothing with -WhatIf' {
        $id = (Wait-Progress { $true }).Id

        Suspend-SqliteBackup $id -WhatIf

        $before = Get-SqliteBackupProgress $id
        (Wait-Progress { param($status) $status.Remaining -lt $before.Remaining }).State | Should -Not -Be 'Paused'
    }
}
