# End to end under a real pwsh. Databases are made by the sqlite3 shell.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Get-SqliteDatabase' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeAll {
        foreach ($name in 'tree/app.db', 'tree/deep/picture.jpg', 'tree/deep/a[1].db') {
            $path = Join-Path $TestDrive $name
            $null = New-Item -ItemType Directory -Force (Split-Path $path)
            sqlite3 -batch $path 'PRAGMA user_version=42; CREATE TABLE item(x)'
        }
        'text' * 1000 | Set-Content "$TestDrive/tree/text.db"
    }

    It 'finds databases by their content' {
        $found = Get-SqliteDatabase "$TestDrive/tree" -Recurse

        (Split-Path -Leaf $found.Path | Sort-Object) -join ', ' | Should -Be 'a[1].db, app.db, picture.jpg'
        $found.UserVersion | Should -Be 42, 42, 42
        (Get-SqliteDatabase "$TestDrive/tree").Path | Should -HaveCount 1
        (Get-ChildItem "$TestDrive/tree" -Recurse -File | Get-SqliteDatabase -ErrorAction SilentlyContinue) | Should -HaveCount 3
    }

    It 'gives what can be backed up' {
        $results = Get-SqliteDatabase "$TestDrive/tree" -Recurse | Backup-SqliteDatabase -Destination "$TestDrive/out/"

        $results | Should -HaveCount 3
        $results.Database | Should -Contain (Join-Path $TestDrive 'tree/deep/a[1].db')
    }

    It 'shows a table' {
        (Get-SqliteDatabase "$TestDrive/tree" | Out-String -Width 100) | Should -Match '8\.0 KB +0 B +4096 +Rollback +\? +app\.db'
    }
}
