# End to end under a real pwsh: what is exported goes through the sqlite3 shell.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Export-SqliteDatabase' -Skip:(Test-ProgramMissing sqlite3, gzip, zstd) {
    BeforeEach {
        $script:folder = Enter-TestFolder
        sqlite3 -batch a.db "CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t VALUES(1, 'it''s'); CREATE TABLE u(y); INSERT INTO u VALUES(2.5); PRAGMA user_version=3"
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'writes <name>, which the sqlite3 shell reads' -ForEach @(@{ name = 'a.sql' }, @{ name = 'a.sql.gz' }, @{ name = 'a.sql.zst' }) {
        $result = Export-SqliteDatabase a.db $name

        $result.Backup | Should -Be (Join-Path $folder $name)
        $result.Rows | Should -Be 2
        ($result | Out-String) | Should -Match 'a\.db +2 +2 '
        $text = switch -Wildcard ($name) { '*.gz' { gzip -dc $name } '*.zst' { zstd -dcq $name } default { Get-Content $name } }
        $text | sqlite3 -batch copy.db
        sqlite3 -batch copy.db 'SELECT * FROM t; SELECT * FROM u; PRAGMA user_version' | Should -Be "1|it's", '2.5', '3'
    }

    It 'gives statements to the pipeline with -AsString' {
        $statements = Export-SqliteDatabase a.db -AsString -Table t -DataOnly

        $statements | Should -Be 'PRAGMA foreign_keys=OFF;', 'BEGIN TRANSACTION;', "INSERT INTO `"t`" VALUES(1,'it''s');", 'COMMIT;'
        Export-SqliteDatabase a.db -AsString -SchemaOnly | Should -Not -Match 'INSERT'
    }

    It 'names the files of a folder, does not overwrite, and asks first' {
        sqlite3 -batch b.db 'CREATE TABLE t(x)'

        (Export-SqliteDatabase *.db out/).Backup | Split-Path -Leaf | Should -Be 'a.sql', 'b.sql'
        { Export-SqliteDatabase a.db out/ } | Should -Throw -ErrorId 'DestinationExists,*'
        Export-SqliteDatabase a.db out/ -Force | Should -HaveCount 1
        Export-SqliteDatabase a.db other.sql -WhatIf | Should -BeNullOrEmpty
        Test-Path other.sql | Should -BeFalse
        { Export-SqliteDatabase a.db } | Should -Throw -ExpectedMessage '*-AsString*'
    }

    It 'writes a compressed backup as the database in it' -ForEach @(@{ compress = 'Gzip' }, @{ compress = 'Zstd' }) {
        $null = Backup-SqliteDatabase a.db packed/ -Compress $compress -FileNameFormat '{name}{extension}'

        Get-SqliteBackup packed | Export-SqliteDatabase -AsString | Should -Be (Export-SqliteDatabase a.db -AsString)
        (Get-SqliteBackup packed | Export-SqliteDatabase -Destination text/).Backup | Should -Be (Join-Path $folder 'text/a.sql')
    }

    It 'refuses a table that is not there' {
        { Export-SqliteDatabase a.db x.sql -Table nope } | Should -Throw -ExpectedMessage "*no table or view 'nope'*"
        Test-Path x.sql | Should -BeFalse
    }

    It 'gives the text that the sqlite3 shell makes the same database of' {
        $null = Export-SqliteDatabase a.db a.sql
        Get-Content a.sql | sqlite3 -batch copy.db

        sqlite3 -batch copy.db .dump | Should -Be (sqlite3 -batch a.db .dump)
    }
}
