# End to end under a real pwsh: SQL text becomes a database, whole or not at all.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Import-SqliteDatabase' -Skip:(Test-ProgramMissing sqlite3, gzip) {
    BeforeEach {
        $script:folder = Enter-TestFolder
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'reads what the sqlite3 shell dumped' {
        sqlite3 -batch a.db "CREATE TABLE t(x); INSERT INTO t VALUES('a;b'), (X'00FF'), (NULL); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END"
        sqlite3 -batch a.db .dump | Set-Content a.sql

        $result = Import-SqliteDatabase a.sql b.db

        $result.Database | Should -Be (Join-Path $folder 'b.db')
        ($result | Out-String) | Should -Match 'Quick +b\.db'
        sqlite3 -batch b.db .dump | Should -Be (sqlite3 -batch a.db .dump)
    }

    It 'takes files from Get-ChildItem and compressed ones' {
        'CREATE TABLE t(x); INSERT INTO t VALUES(1);' | Set-Content a.sql
        gzip a.sql

        Get-ChildItem a.sql.gz | Import-SqliteDatabase -Destination b.db | Should -HaveCount 1
        sqlite3 -batch b.db 'SELECT x FROM t' | Should -Be 1
    }

    It 'takes the text of <from> through the pipeline' -ForEach @(
        @{ from = 'Export-SqliteDatabase'; text = { Export-SqliteDatabase a.db -AsString } }
        @{ from = 'the sqlite3 shell'; text = { sqlite3 -batch a.db .dump } }
        @{ from = 'Get-Content'; text = { sqlite3 -batch a.db .dump | Set-Content a.sql; Get-Content a.sql } }
        @{ from = 'Get-Content -Raw'; text = { sqlite3 -batch a.db .dump | Set-Content a.sql; Get-Content a.sql -Raw } }
    ) {
        sqlite3 -batch a.db "CREATE TABLE t(x); INSERT INTO t VALUES('a;b'), ('two$([char]10)$([char]10)lines'), (NULL), ('größe')"

        & $text | Import-SqliteDatabase -Destination b.db | Should -HaveCount 1

        sqlite3 -batch b.db .dump | Should -Be (sqlite3 -batch a.db .dump)
        (Get-ChildItem).Name | Where-Object { $_ -notin 'a.db', 'a.sql', 'b.db' } | Should -BeNullOrEmpty
    }

    It 'says the line of what fails and leaves nothing' {
        "CREATE TABLE t(x);`n`nINSERT INTO nope VALUES(1);" | Set-Content a.sql

        { Import-SqliteDatabase a.sql b.db } | Should -Throw -ErrorId 'RestoreFailed,*' -ExpectedMessage '*line 3*no such table*'
        (Get-ChildItem).Name | Should -Be 'a.sql'
    }

    It 'refuses <sql> unless allowed' -ForEach @(@{ sql = "ATTACH 'other.db' AS o;" }, @{ sql = "VACUUM INTO 'other.db';" }) {
        $sql | Set-Content a.sql

        { Import-SqliteDatabase a.sql b.db } | Should -Throw -ExpectedMessage '*-AllowUnsafe*'
        (Get-ChildItem).Name | Should -Be 'a.sql'
    }

    It 'does not overwrite without -Force' {
        'CREATE TABLE t(x);' | Set-Content a.sql
        'precious' | Set-Content b.db

        { Import-SqliteDatabase a.sql b.db } | Should -Throw -ErrorId 'DestinationExists,*'
        Get-Content b.db | Should -Be 'precious'
        Import-SqliteDatabase a.sql b.db -WhatIf | Should -BeNullOrEmpty
        Import-SqliteDatabase a.sql b.db -Force | Should -HaveCount 1
    }

    It 'takes files from the pipeline into a folder' {
        'CREATE TABLE x(a);' | Set-Content one.sql
        'CREATE TABLE y(a);' | Set-Content two.sql

        (Get-ChildItem *.sql | Where-Object Name -In 'one.sql', 'two.sql' | Import-SqliteDatabase -Destination made/).Database |
            Split-Path -Leaf | Should -Be 'one.db', 'two.db'
        sqlite3 -batch made/two.db .tables | Should -Be 'y'
    }
}
