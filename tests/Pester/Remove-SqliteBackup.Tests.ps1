# End to end under a real pwsh: what the rules keep stays, and what always stays does.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Remove-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $script:folder = Enter-TestFolder
        sqlite3 -batch a.db 'CREATE TABLE t(x); INSERT INTO t VALUES(1)'
        1..5 | ForEach-Object {
            $result = Backup-SqliteDatabase a.db out/ -FileNameFormat "$_{extension}"
            $content = Get-Content -LiteralPath "$($result.Backup).json" -Raw | ConvertFrom-Json -DateKind String
            $content.snapshotTakenAt = [datetime]::UtcNow.AddDays($_ - 10).ToString('o')
            $content | ConvertTo-Json | Set-Content -LiteralPath "$($result.Backup).json"
        }
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'removes what no rule keeps, with its manifest, and says the bytes freed' {
        $before = (Get-ChildItem out | Measure-Object Length -Sum).Sum

        $removed = Remove-SqliteBackup -Force out -KeepLast 2

        $removed.Action | Should -Be 'Removed', 'Removed', 'Removed'
        (Get-ChildItem out).Name | Should -Be '4.db', '4.db.json', '5.db', '5.db.json'
        ($removed | Measure-Object BytesFreed -Sum).Sum | Should -Be ($before - (Get-ChildItem out | Measure-Object Length -Sum).Sum)
        Remove-SqliteBackup -Force out -KeepLast 2 | Should -BeNullOrEmpty
    }

    It 'shows the plan and the reasons with -WhatIf and touches nothing' {
        $plan = Remove-SqliteBackup out -KeepDaily 2 -WhatIf

        $plan.Action | Should -Be 'Kept', 'Kept', 'WouldRemove', 'WouldRemove', 'WouldRemove'
        $plan[0].Reason | Should -Be 'newest verified backup, daily'
        ($plan | Out-String) | Should -Match 'a\.db +Kept +0 B 5\.db\s+newest verified backup, daily'
        Get-ChildItem out | Should -HaveCount 10
    }

    It 'never removes the newest verified backup, whatever is asked' {
        Remove-SqliteBackup -Force out -OlderThan 00:00:01 | Should -HaveCount 4
        Get-SqliteBackup out | Remove-SqliteBackup -Force | Should -BeNullOrEmpty
        (Get-ChildItem out -Exclude *.json).Name | Should -Be '5.db'
    }

    It 'removes nothing when the newest check failed, and says so' {
        $manifest = Get-Content out/5.db.json -Raw | ConvertFrom-Json -DateKind String
        $manifest.check.answer = 'Corrupt'
        $manifest | ConvertTo-Json | Set-Content out/5.db.json

        Remove-SqliteBackup -Force out -KeepLast 1 -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty

        $warned | Should -Match 'newest check'
        Get-ChildItem out | Should -HaveCount 10
    }

    It 'takes backups from the pipeline and removes only those' {
        $removed = Get-SqliteBackup out -Before ([datetime]::Now.AddDays(-7.5)) | Remove-SqliteBackup -Force

        $removed.Backup | Split-Path -Leaf | Should -Be '2.db', '1.db'
        (Get-ChildItem out -Exclude *.json).Name | Should -Be '3.db', '4.db', '5.db'
    }

    It 'leaves foreign files and databases without a manifest alone' {
        Copy-Item a.db out/live.db
        'text' | Set-Content out/notes.txt
        (Get-Item out/live.db).LastWriteTime = [datetime]'2001-01-01'

        $null = Remove-SqliteBackup -Force out -OlderThan 00:00:01

        (Get-ChildItem out -Exclude *.json).Name | Should -Be '5.db', 'live.db', 'notes.txt'
    }

    It 'refuses a folder without a rule' {
        { Remove-SqliteBackup out } | Should -Throw -ExpectedMessage '*no rule*'
        Get-ChildItem out | Should -HaveCount 10
    }

    It 'prunes after a backup that succeeded, and only then' {
        $result = Backup-SqliteDatabase a.db out/ -KeepLast 3

        $result.Removed | Should -Be 3
        $result.BytesFreed | Should -BeGreaterThan 0
        Get-SqliteBackup out | Should -HaveCount 3
        { Backup-SqliteDatabase nope.db out/ -KeepLast 1 } | Should -Throw
        Get-SqliteBackup out | Should -HaveCount 3
    }

    It 'reads ages in days and weeks and refuses a bare number' {
        { Remove-SqliteBackup out -OlderThan 7 } | Should -Throw -ExpectedMessage "*'7' is no time span*"
        { Remove-SqliteBackup out -KeepWithin '-7.00:00:00' } | Should -Throw -ExpectedMessage '*negative*'
        Get-ChildItem out | Should -HaveCount 10

        Remove-SqliteBackup -Force out -OlderThan 7d | Should -HaveCount 3
        Remove-SqliteBackup -Force out -OlderThan 1w | Should -BeNullOrEmpty
    }

    It 'keeps what a wrong clock dated into the future without counting it' {
        $manifest = Get-Content out/5.db.json -Raw | ConvertFrom-Json -DateKind String
        $manifest.snapshotTakenAt = [datetime]::UtcNow.AddYears(3).ToString('o')
        $manifest | ConvertTo-Json | Set-Content out/5.db.json

        $null = Remove-SqliteBackup -Force out -KeepLast 1

        (Get-ChildItem out -Exclude *.json).Name | Should -Be '4.db', '5.db'
    }

    It 'removes nothing after Test-SqliteBackup found the newest backup damaged' {
        $bytes = [System.IO.File]::ReadAllBytes((Resolve-Path out/5.db))
        $bytes[5000] = $bytes[5000] -bxor 255
        [System.IO.File]::WriteAllBytes((Resolve-Path out/5.db), $bytes)

        (Test-SqliteBackup out/5.db).Status | Should -Be 'Corrupt'

        Remove-SqliteBackup -Force out -KeepLast 1 -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        (Get-SqliteBackup out -Latest).Verified | Should -BeFalse
    }
}
