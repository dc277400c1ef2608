# End to end under a real pwsh: good backups are told from bad ones, and what they hold is asked and compared.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Test-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $script:folder = Enter-TestFolder
        sqlite3 -batch app.db 'CREATE TABLE t(x); INSERT INTO t VALUES(1),(2)'
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'tests what Backup-SqliteDatabase and Get-SqliteBackup give, and answers queries' {
        $result = Backup-SqliteDatabase app.db out/ -Compress Zstd | Test-SqliteBackup -Query 'SELECT count(*) FROM t'
        $result.Status | Should -Be Ok
        $result.Checksum | Should -Be Matches
        $result.Answers.Value | Should -Be 2
        (Get-SqliteBackup out | Test-SqliteBackup -Level Quick).Level | Should -Be Quick
        @(Test-SqliteBackup out/*).Count | Should -Be 1
    }

    It 'says which are corrupt, and goes on' {
        'no database, whatever its name says' * 100 | Set-Content bad.db
        (Test-SqliteBackup *.db | Sort-Object Backup).Status | Should -Be Ok, Corrupt
        $out = Test-SqliteBackup none.db, app.db -ErrorAction SilentlyContinue -ErrorVariable failed
        $out.Status | Should -Be Ok
        $failed.FullyQualifiedErrorId | Should -Be 'FileNotFound,SqliteBackup.Commands.TestSqliteBackupCommand'
    }

    It 'names the tables that differ from the live database' {
        $backup = Backup-SqliteDatabase app.db copy.db
        sqlite3 -batch app.db 'INSERT INTO t VALUES(3)'
        $difference = ($backup | Test-SqliteBackup -Against app.db).Differences
        $difference.Name | Should -Be t
        $difference.RowsInDatabase | Should -Be 3
    }

    It 'shows both texts where the schema differs' {
        $backup = Backup-SqliteDatabase app.db copy.db
        sqlite3 -batch app.db 'ALTER TABLE t ADD COLUMN y'
        $list = $backup | Test-SqliteBackup -Against app.db | Format-List | Out-String -Width 200
        $list | Should -BeLike '*t: in the backup CREATE TABLE t(x), in the database CREATE TABLE t(x, y); 2 rows in both*'
    }

    It 'takes a mistyped query for what it is' {
        $result = Test-SqliteBackup app.db -Query 'SELEC 1' -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Ok
        $failed.FullyQualifiedErrorId | Should -Be 'InvalidOption,SqliteBackup.Commands.TestSqliteBackupCommand'
    }

    It 'shows a table, and keeps its numbers raw' {
        $result = Test-SqliteBackup app.db
        $result | Out-String | Should -Match 'Ok +NoneRecorded +8\.0 KB +\d\.\d\d s app\.db'
        $result.Bytes | Should -Be 8192
    }
}

Describe 'Backup-SqliteDatabase -CheckForeignKeys -KeepFailed' -Skip:(Test-ProgramMissing sqlite3) {
    It 'keeps the copy that fails and names it' {
        Push-Location -LiteralPath $TestDrive
        sqlite3 -batch keys.db 'CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p); INSERT INTO c VALUES(7)'
        (Backup-SqliteDatabase keys.db plain.db).ForeignKeysChecked | Should -BeFalse
        Backup-SqliteDatabase keys.db checked.db -CheckForeignKeys -KeepFailed -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -Match '^IntegrityCheckFailed,'
        $kept = Get-Item checked.db.failed-*
        "$failed" | Should -Match ([regex]::Escape($kept.Name))
        Test-Path checked.db | Should -BeFalse
        Pop-Location
    }
}
