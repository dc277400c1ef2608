# End to end under a real pwsh. Databases are made by the sqlite3 shell.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Copy-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $script:folder = Enter-TestFolder
        New-Database "$folder/app.db"
        $script:backup = Backup-SqliteDatabase app.db out/ -Compress Zstd
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'copies a folder of backups, which are listed and tested there' {
        $copy = Copy-SqliteBackup out/ second/

        $copy.Backup | Should -Be "$folder/second/$(Split-Path -Leaf $backup.Backup)"
        $copy.IsSkipped | Should -BeFalse
        ($copy | Out-String) | Should -Match 'app\.db +'
        (Get-SqliteBackup second).Verified | Should -BeTrue
        (Get-SqliteBackup second | Test-SqliteBackup).Status | Should -Be 'Ok'
        (Get-FileHash $copy.Backup).Hash | Should -Be $backup.Sha256
    }

    It 'skips what is there whole' {
        $null = Copy-SqliteBackup out/ second/

        (Get-SqliteBackup out | Copy-SqliteBackup -Destination second/).IsSkipped | Should -BeTrue
    }

    It 'copies nothing under -WhatIf' {
        Copy-SqliteBackup out/ second/ -WhatIf | Should -BeNullOrEmpty

        'second' | Should -Not -Exist
    }

    It 'names what can not be copied, and copies the others' {
        New-Database "$folder/out/plain.db"

        $copy = Copy-SqliteBackup out/ second/ -ErrorVariable failed -ErrorAction SilentlyContinue

        $copy.Database | Should -Be "$folder/app.db"
        $failed | Should -BeLike '*plain.db* has no manifest*'
    }
}
