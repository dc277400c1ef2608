# End to end under a real pwsh: what Backup-SqliteDatabase left is found again, by age, by database and by machine.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Get-SqliteBackup' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $script:folder = Enter-TestFolder
        foreach ($name in 'a.db', 'b.db', 'never.db') { sqlite3 -batch $name 'CREATE TABLE t(x); INSERT INTO t VALUES(1)' }
        $null = Backup-SqliteDatabase a.db, b.db out/
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'lists the backups newest first with database, age, size and check' {
        $null = Backup-SqliteDatabase a.db out/

        $backups = Get-SqliteBackup out

        $backups.Count | Should -Be 3
        $backups[0].Database | Should -Be (Join-Path $folder 'a.db')
        $backups[0].Verified | Should -BeTrue
        $backups[0].Age | Should -BeLessThan ([timespan]'01:00:00')
        $backups[0].StoredBytes | Should -Be (Get-Item -LiteralPath $backups[0].Backup).Length
        $backups[0].Manifest.Sha256 | Should -Be (Get-FileHash -LiteralPath $backups[0].Backup).Hash.ToLower()
        ($backups | Sort-Object SnapshotTakenAt -Descending).Backup | Should -Be $backups.Backup
    }

    It 'warns of a database that no backup is of' {
        Get-SqliteBackup out -Database nowhere -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty

        $said | Should -Be "No backup there is of 'nowhere'."
    }

    It 'says which databases have no fresh backup, those without any too' {
        foreach ($manifest in Get-ChildItem out -Filter 'b*.json') {
            $content = Get-Content -LiteralPath $manifest -Raw | ConvertFrom-Json -DateKind String
            $content.snapshotTakenAt = [datetime]::UtcNow.AddDays(-2).ToString('o')
            $content | ConvertTo-Json | Set-Content -LiteralPath $manifest
        }

        $stale = Get-ChildItem *.db | Get-SqliteBackup out -Latest -OlderThan 1.00:00:00

        $stale.Database | Split-Path -Leaf | Should -Be 'b.db', 'never.db'
        $stale[1].Backup | Should -BeNullOrEmpty
        Get-SqliteBackup out -Latest -OlderThan 1.00:00:00 | Should -HaveCount 1
    }

    It 'finds by database, by wildcard, by time and in folders below' {
        $null = Backup-SqliteDatabase a.db out/below/

        Get-SqliteBackup out -Database a.db | Should -HaveCount 1
        Get-SqliteBackup out -Database 'B*' | Should -HaveCount 0
        Get-SqliteBackup out -Database '?.db' -Recurse | Should -HaveCount 3
        Get-SqliteBackup out -After ([datetime]::Now.AddHours(1)) | Should -HaveCount 0
        Get-SqliteBackup out -Before ([datetime]::Now.AddHours(1)) | Should -HaveCount 2
        Get-SqliteBackup 'o*' -Latest | Should -HaveCount 2
        { Get-SqliteBackup nowhere } | Should -Throw -ErrorId 'FileNotFound,*'
    }

    It 'shows a file without a manifest and one that is no longer whole for what they are' {
        Remove-Item out/a*.json
        Add-Content -LiteralPath (Get-Item out/b-*.db) -Value 'x'
        'text' | Set-Content out/notes.txt

        $backups = Get-SqliteBackup out | Sort-Object Backup

        $backups.ManifestState | Should -Be 'Missing', 'Mismatched'
        $backups.Verified | Should -Be $false, $false
        $backups | Out-String -Width 120 | Should -Match 'missing'
    }

    It 'knows compressed backups by what they are' -ForEach @(@{ compress = 'Gzip'; suffix = '.gz' }, @{ compress = 'Zstd'; suffix = '.zst' }) {
        $result = Backup-SqliteDatabase a.db packed/ -Compress $compress -CompressionLevel 5 -FileNameFormat '{host}-{sequence:00}-{name}{extension}'

        $result.Backup | Should -Be (Join-Path $folder "packed/$([Environment]::MachineName)-01-a.db$suffix")
        (Get-SqliteBackup packed).Compression | Should -Be $compress
        Remove-Item packed/*.json
        $entry = Get-SqliteBackup packed
        $entry.Compression | Should -Be $compress
        $entry.Bytes | Should -Be $result.Bytes
    }

    It 'mirrors folders and skips what is unchanged' {
        $null = New-Item -ItemType Directory deep/er
        Move-Item a.db deep/er/
        $format = @{ FileNameFormat = '{folder}/{name}-{timestamp:HHmmssfffffff}{extension}' }
        $first = Backup-SqliteDatabase deep/er/a.db mirror/ @format -SkipUnchanged
        $second = Backup-SqliteDatabase deep/er/a.db mirror/ @format -SkipUnchanged

        Split-Path $first.Backup | Should -Be (Join-Path $folder 'mirror/deep/er')
        $second.Unchanged | Should -BeTrue
        $second.Backup | Should -Be $first.Backup
        $second | Out-String -Width 120 | Should -Match 'Unchanged'
        sqlite3 -batch deep/er/a.db 'UPDATE t SET x = 2'
        (Backup-SqliteDatabase deep/er/a.db mirror/ @format -SkipUnchanged).Unchanged | Should -BeFalse
    }

    It 'shows objects that come back from a job as it shows its own' {
        $own = Get-SqliteBackup out -Latest -Database a.db
        $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($own, 3))

        $back | Format-Table | Out-String -Width 120 | Should -Be ($own | Format-Table | Out-String -Width 120)
        $own | Format-List | Out-String -Width 120 | Should -Match 'StoredBytes +: .* KB \([0-9,.]+ bytes\)'
    }

    It 'completes backups, and not their manifests, for <_>' -ForEach 'Get-SqliteBackup', 'Test-SqliteBackup', 'Restore-SqliteDatabase', 'Remove-SqliteBackup' {
        $null = Backup-SqliteDatabase a.db fixed/copy.db
        Set-Content fixed/other.json '{}'
        $typed = "$_ fixed/"

        (TabExpansion2 $typed $typed.Length).CompletionMatches.ListItemText | Sort-Object | Should -Be 'copy.db', 'other.json'
    }
}
