# End to end under a real pwsh: a backup comes back as a new database and into one that another program has open.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Restore-SqliteDatabase' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $script:folder = Enter-TestFolder
        sqlite3 -batch app.db "CREATE TABLE t(x); INSERT INTO t VALUES('old'); PRAGMA user_version=7"
        $script:backup = Backup-SqliteDatabase app.db out/
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'makes a database that is missing' {
        $backup | Restore-SqliteDatabase -Destination new.db -Confirm:$false

        sqlite3 -batch new.db 'SELECT x FROM t; PRAGMA user_version; PRAGMA integrity_check' | Should -Be 'old', '7', 'ok'
    }

    It 'replaces the content of a <Mode> database after a safety copy, and keeps its journal mode' -ForEach @(
        @{ Mode = 'delete' }
        @{ Mode = 'wal' }
    ) {
        $null = sqlite3 -batch app.db "PRAGMA journal_mode=$Mode; UPDATE t SET x = 'new'"

        $result = Get-SqliteBackup out -Latest | Restore-SqliteDatabase -Destination app.db -Force -Confirm:$false -PassThru

        $result.Replaced | Should -BeTrue
        $result.JournalMode | Should -Be $Mode
        sqlite3 -batch app.db 'SELECT x FROM t; PRAGMA journal_mode' | Should -Be 'old', $Mode
        sqlite3 -batch $result.SafetyCopy 'SELECT x FROM t' | Should -Be 'new'
    }

    It 'takes a restore back with its safety copy' {
        $null = sqlite3 -batch app.db "UPDATE t SET x = 'new'"
        $result = $backup | Restore-SqliteDatabase -Destination app.db -Force -Confirm:$false -PassThru

        Restore-SqliteDatabase $result.SafetyCopy app.db -Force -NoSafetyCopy -Confirm:$false

        sqlite3 -batch app.db 'SELECT x FROM t' | Should -Be 'new'
    }

    It 'restores a compressed backup' {
        $compressed = Backup-SqliteDatabase app.db small/ -Compress Zstd

        Restore-SqliteDatabase $compressed.Backup new.db -Confirm:$false

        sqlite3 -batch new.db 'SELECT x FROM t' | Should -Be 'old'
    }

    It 'refuses what exists, what is damaged and what is missing, with an id each' {
        { Restore-SqliteDatabase out/*.db app.db -Confirm:$false } | Should -Throw -ErrorId 'DestinationExists,*'
        { Restore-SqliteDatabase none.db app.db -Force -Confirm:$false } | Should -Throw -ErrorId 'FileNotFound,*'
        Set-Content -LiteralPath bad.db -Value ('x' * 8192)
        { Restore-SqliteDatabase bad.db app.db -Force -Confirm:$false } | Should -Throw -ErrorId 'NotADatabase,*'
        sqlite3 -batch app.db 'SELECT x FROM t' | Should -Be 'old'
    }

    It 'does nothing with -WhatIf' {
        Restore-SqliteDatabase out/*.db app.db -Force -WhatIf
        Restore-SqliteDatabase out/*.db new.db -WhatIf

        Get-ChildItem -Name | Sort-Object | Should -Be 'app.db', 'out'
    }

    It 'offers backups and not their manifests' {
        $line = 'Restore-SqliteDatabase ./out/'

        (TabExpansion2 $line $line.Length).CompletionMatches.ToolTip | Should -Be $backup.Backup
    }

    It 'copies what Get-SqliteBackup lists' {
        Get-SqliteBackup out | Copy-Item -Destination here.db

        'here.db' | Should -Exist
    }

    It 'shows its result as a table' {
        $shown = $backup | Restore-SqliteDatabase -Destination app.db -Force -Confirm:$false -PassThru | Out-String

        $shown | Should -Match 'Database\s+Replaced\s+Bytes\s+Duration\s+SafetyCopy'
        $shown | Should -Match 'app\.db\s+True\s+8\.0 KB'
    }
}
