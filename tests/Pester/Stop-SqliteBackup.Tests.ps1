# End to end under a real pwsh, with the backup in another pwsh.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Stop-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
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

    It 'ends a backup of another process, which reports it as an error that nobody can take for done' {
        $stopped = Get-SqliteBackupProgress | Where-Object { $_.ProcessId -eq $worker.Id } | Stop-SqliteBackup -PassThru

        $stopped.State | Should -Be 'Stopped'
        $worker.WaitForExit()
        $worker.ExitCode | Should -Be 1
        (Get-Content "$TestDrive/error") -join ' ' | Should -Match 'Stop-SqliteBackup'
        Get-ChildItem $out -Force -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'ends a suspended one, too' {
        $id = (Wait-Progress { $true }).Id
        Suspend-SqliteBackup $id

        (Stop-SqliteBackup $id -PassThru).State | Should -Be 'Stopped'
    }

    It 'stops nothing under -WhatIf' {
        $id = (Wait-Progress { $true }).Id

        Stop-SqliteBackup $id -WhatIf

        (Get-SqliteBackupProgress $id).State | Should -BeIn 'Copying', 'Waiting'
    }
}
