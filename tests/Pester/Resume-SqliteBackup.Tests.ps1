# End to end under a real pwsh, with the backup in another pwsh.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Resume-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
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

    It 'lets a suspended backup of another process go on to its end' {
        $paused = Get-SqliteBackupProgress | Where-Object { $_.ProcessId -eq $worker.Id } | Suspend-SqliteBackup -PassThru

        $resumed = $paused | Resume-SqliteBackup -PassThru

        $resumed.State | Should -Not -Be 'Paused'
        (Get-SqliteBackupProgress $paused.Id -Wait).State | Should -Be 'Completed'
        $worker.WaitForExit()
        $worker.ExitCode | Should -Be 0
    }

    It 'says so when there is no such backup' {
        { Resume-SqliteBackup 0123abcd-9 } | Should -Throw -ErrorId 'BackupNotFound,*'
    }

    It 'resumes nothing under -WhatIf' {
        $id = (Wait-Progress { $true }).Id
        Suspend-SqliteBackup $id

        Resume-SqliteBackup $id -WhatIf

        (Get-SqliteBackupProgress $id).State | Should -Be 'Paused'
    }
}
