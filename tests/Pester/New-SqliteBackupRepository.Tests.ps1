# End to end under a real pwsh: a repository is made, and restic takes it for its own.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'New-SqliteBackupRepository' -Skip:(Test-ProgramMissing restic) {
    BeforeEach {
        $null = Enter-TestFolder -ForRepository
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'makes a repository that restic opens' {
        $made = New-SqliteBackupRepository restic:repo

        $made.Repository | Should -Be "restic:$(Join-Path $PWD repo)/"
        (restic -r repo --no-cache cat config | ConvertFrom-Json).id | Should -Be $made.Id
        { New-SqliteBackupRepository restic:repo } | Should -Throw -ErrorId 'DestinationExists*'
    }

    It 'takes backups, gives them back, and restic restores the same bytes' -Skip:(Test-ProgramMissing sqlite3) {
        New-Database app.db
        $null = New-SqliteBackupRepository restic:repo

        $backup = Backup-SqliteDatabase app.db restic:repo

        Get-SqliteBackup restic:repo | Restore-SqliteDatabase -Destination new.db
        sqlite3 new.db 'SELECT count(*) FROM item' | Should -Be 50
        $null = restic -r repo --no-cache restore latest --target out
        (Get-FileHash out/app.db).Hash | Should -Be $backup.Sha256
    }

    It 'makes nothing under -WhatIf, and shows what it made' {
        New-SqliteBackupRepository restic:repo -WhatIf | Should -BeNullOrEmpty
        'repo' | Should -Not -Exist

        (New-SqliteBackupRepository restic:repo | Out-String) | Should -Match 'FormatVersion'
    }
}
