# End to end under a real pwsh: what no backup needs is freed.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Optimize-SqliteBackupRepository' {
    BeforeEach {
        $null = Enter-TestFolder -ForRepository
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'says what it would free, and frees it' {
        $null = New-SqliteBackupRepository restic:repo
        $null = New-Item -ItemType Directory repo/data/00 -Force
        [System.IO.File]::WriteAllText("$PWD/repo/data/00/$('0' * 64)", 'x' * 1000)

        (Optimize-SqliteBackupRepository restic:repo -WhatIf).BytesFreed | Should -Be 1000
        $report = Optimize-SqliteBackupRepository restic:repo
        $report.PacksRemoved | Should -Be 1
        ($report | Out-String) | Should -Match '1000 B'
        (Optimize-SqliteBackupRepository restic:repo).BytesBefore | Should -Be 0
    }
}
