# End to end under a real pwsh, against the module that the build staged. Databases are made and judged by a build of SQLite
# that is not ours: the sqlite3 shell.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Backup-SqliteDatabase' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $script:folder = Enter-TestFolder
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'backs up a database into a folder, checked by another SQLite' {
        New-Database "$folder/app.db" -Rows 120

        $result = Backup-SqliteDatabase app.db backups/

        $result.Database | Should -Be (Join-Path $folder 'app.db')
        $result.Backup | Should -Match 'app-\d{8}T\d{9}Z\.db$'
        sqlite3 -batch $result.Backup 'PRAGMA integrity_check' | Should -Be 'ok'
        sqlite3 -batch $result.Backup 'SELECT count(*) FROM item' | Should -Be 120
        @(Get-ChildItem backups -Force -Exclude *.json).Count | Should -Be 1
    }

    It 'takes each row of a CSV with its own values: two results, one error' {
        'shop', 'forum' | ForEach-Object { New-Database "$folder/data/$_.db" -Rows 60 }
        'no database' | Set-Content data/broken.db
        @'
Path,Destination,PagesPerStep
data/shop.db,to/shop/,5
data/broken.db,to/broken/,
data/forum.db,to/forum/,
'@ | Set-Content databases.csv

        $results = Import-Csv databases.csv | Backup-SqliteDatabase -ThrottleLimit 1 -ErrorVariable failed -ErrorAction SilentlyContinue

        $results | Should -HaveCount 2
        $results[0].Steps | Should -Be ([math]::Ceiling($results[0].PageCount / 5))
        $results[1].Steps | Should -BeLessThan $results[0].Steps
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'NotADatabase,*'
        $failed[0].TargetObject | Should -Be (Join-Path $folder 'data/broken.db')
        Get-ChildItem to -Recurse -File -Exclude *.json | Should -HaveCount 2
        foreach ($result in $results) {
            sqlite3 -batch $result.Backup 'SELECT count(*) FROM item' | Should -Be 60
        }
    }

    It 'makes pwsh -Command end with 1 after an error, and with 0 without' {
        New-Database "$folder/app.db"
        'no database' | Set-Content broken.db
        $script = "Import-Module '$stagedModule'; Import-Csv '{0}' | Backup-SqliteDatabase -ErrorVariable failed -ErrorAction SilentlyContinue; if (`$failed) {{ exit 1 }}"
        "Path,Destination`napp.db,a/`nbroken.db,b/`napp.db,c/" | Set-Content bad.csv
        "Path,Destination`napp.db,a/`napp.db,c/" | Set-Content good.csv

        $null = Invoke-Pwsh ($script -f 'bad.csv')
        $LASTEXITCODE | Should -Be 1
        $null = Invoke-Pwsh ($script -f 'good.csv')
        $LASTEXITCODE | Should -Be 0
    }

    It 'takes files from Get-ChildItem literally: <name>' -ForEach @(
        @{ name = 'plain.db' }
        @{ name = 'with space.db' }
        @{ name = "it's.db" }
        @{ name = 'brackets[1].db' }
        @{ name = 'hash#100%;semi.db' }
        @{ name = 'über-データ.db' }
    ) {
        New-Database "$folder/in/$name"

        $result = Get-ChildItem in | Backup-SqliteDatabase -Destination out/ -FileNameFormat '{name}{extension}'

        $result.Backup | Should -Be (Join-Path $folder "out/$name")
        Test-Path -LiteralPath $result.Backup | Should -BeTrue
    }

    It 'finds databases through a drive of the session and by wildcards' {
        New-Database "$folder/data/one.db"
        New-Database "$folder/data/two.db"
        $null = New-PSDrive -Name Data -PSProvider FileSystem -Root "$folder/data"

        $results = Backup-SqliteDatabase Data:/*.db Data:/backups/ -ThrottleLimit 1

        $results.Database | Should -Be (Join-Path $folder 'data/one.db'), (Join-Path $folder 'data/two.db')
        Get-ChildItem data/backups -Exclude *.json | Should -HaveCount 2
        { Backup-SqliteDatabase Env:PATH out/ } | Should -Throw -ErrorId 'PathNotFileSystem,*'
    }

    It 'ends after the first one with Select-Object -First 1 and leaves nothing of the others' {
        1..5 | ForEach-Object { New-Database "$folder/$_.db" }

        $result = Backup-SqliteDatabase *.db out/ -FileNameFormat '{name}{extension}' -ThrottleLimit 1 | Select-Object -First 1

        $result.Database | Should -Be (Join-Path $folder '1.db')
        (Get-ChildItem out -Force -Exclude *.json).Name | Should -Be '1.db'
    }

    It 'leaves no staging file and no error when it is stopped in mid copy' {
        New-Database "$folder/app.db" -Rows 500
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('Import-Module $args[0]; Backup-SqliteDatabase -LiteralPath $args[1] $args[2] -PagesPerStep 1 -StepDelayMilliseconds 50')
            $null = $shell.AddArgument("$stagedModule").AddArgument("$folder/app.db").AddArgument("$folder/out/")
            $running = $shell.BeginInvoke()
            $deadline = [datetime]::UtcNow.AddSeconds(30)
            while (-not (Get-ChildItem out -Filter '*.partial-*' -ErrorAction Ignore) -and [datetime]::UtcNow -lt $deadline) {
                Start-Sleep -Milliseconds 10
            }
            Get-ChildItem out -Filter '*.partial-*' | Should -HaveCount 1

            $shell.Stop()

            { $shell.EndInvoke($running) } | Should -Throw -ExpectedMessage '*stopped*'
            $shell.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            $shell.Dispose()
        }
        Get-ChildItem out -Force -ErrorAction Ignore | Should -BeNullOrEmpty
        (Get-ChildItem . -Force).Name | Where-Object { $_ -ne 'out' } | Should -Be 'app.db'
    }

    It 'runs as a job with a child a database' {
        'one', 'two' | ForEach-Object { New-Database "$folder/$_.db" }
        'no database' | Set-Content three.db

        $job = Backup-SqliteDatabase one.db, two.db, three.db out/ -AsJob

        $job | Wait-Job | Should -Be $job
        $job.State | Should -Be 'Failed'
        $job.ChildJobs.State | Should -Be 'Completed', 'Completed', 'Failed'
        $job.ChildJobs[2].Error[0].FullyQualifiedErrorId | Should -Be 'NotADatabase'
        @($job | Receive-Job -Keep -ErrorAction SilentlyContinue) | Should -HaveCount 2
        @($job | Receive-Job -ErrorAction SilentlyContinue) | Should -HaveCount 2
        $job | Remove-Job
        Get-Job | Should -BeNullOrEmpty
    }

    It 'is ended by Stop-Job in mid copy' {
        New-Database "$folder/app.db" -Rows 500
        $job = Backup-SqliteDatabase app.db out/ -AsJob -PagesPerStep 1 -StepDelayMilliseconds 60000

        Stop-Job $job

        $job.State | Should -Be 'Stopped'
        $job.ChildJobs.State | Should -Be 'Stopped'
        $job | Remove-Job
        Get-ChildItem out -Force -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'refuses to overwrite without -Force, and replaces with it' {
        New-Database "$folder/app.db" -Rows 10
        'precious' | Set-Content copy.db

        { Backup-SqliteDatabase app.db copy.db } | Should -Throw -ErrorId 'DestinationExists,*'
        Get-Content copy.db | Should -Be 'precious'

        $null = Backup-SqliteDatabase app.db copy.db -Force
        sqlite3 -batch "$folder/copy.db" 'SELECT count(*) FROM item' | Should -Be 10
    }

    It 'touches nothing with -WhatIf' {
        New-Database "$folder/app.db"

        Backup-SqliteDatabase app.db out/ -WhatIf | Should -BeNullOrEmpty

        (Get-ChildItem . -Force).Name | Should -Be 'app.db'
    }

    It 'shows a table, a list and JSON' {
        New-Database "$folder/app.db" -Rows 300
        $result = Backup-SqliteDatabase app.db out/ -FileNameFormat '{name}.bak'

        $table = $result | Out-String -Width 100
        $table | Should -Match ([regex]::Escape("Folder: $(Join-Path $folder 'out')"))
        $table | Should -Match 'app\.db +1\.\d MB +\d+\.\d\d s Stepped +app\.bak'

        $list = $result | Format-List | Out-String -Width 200
        $list | Should -Match "Bytes +: 1\.\d MB \([\d,.]+ bytes\)"
        $list | Should -Match ([regex]::Escape($result.StartedAt.ToLocalTime().ToString('yyyy-MM-dd HH:mm:ss.fff zzz')))

        $json = $result | ConvertTo-Json | ConvertFrom-Json
        $json.Bytes | Should -Be $result.Bytes
        $json.Backup | Should -Be $result.Backup
    }

    It 'takes a file as destination, compressed as its name says and with its manifest' {
        New-Database "$folder/app.db"

        $null = Backup-SqliteDatabase app.db plain.db
        $null = Backup-SqliteDatabase app.db packed.db.gz
        $null = Backup-SqliteDatabase app.db known.db.zst -SkipUnchanged

        (Get-ChildItem -File).Name | Should -Be 'app.db', 'known.db.zst', 'known.db.zst.json', 'packed.db.gz', 'packed.db.gz.json', 'plain.db', 'plain.db.json'
        (Get-SqliteBackup plain.db).Compression, (Get-SqliteBackup packed.db.gz).Compression | Should -Be 'None', 'Gzip'
        (Get-ChildItem -File | Where-Object Extension -NE '.json' | Test-SqliteBackup).Status | Sort-Object -Unique | Should -Be 'Ok'
        { Backup-SqliteDatabase packed.db.gz again/ } | Should -Throw -ExpectedMessage '*Use Restore-SqliteDatabase*'
    }

    It 'encrypts to a public key, also one in a CSV, and only the secret key opens it' {
        New-Database "$folder/app.db"
        $identity = New-SqliteBackupIdentity "$folder/key.txt"
        [pscustomobject]@{ Path = 'app.db'; Destination = 'out/'; Compress = 'Zstd'; Recipient = $identity.Recipient } | Export-Csv list.csv

        $backup = Import-Csv list.csv | Backup-SqliteDatabase

        $backup.Backup | Should -BeLike '*.db.zst.age'
        (Get-SqliteBackup out).IsEncrypted | Should -BeTrue
        ($backup | Test-SqliteBackup).Status | Should -Be 'Unchecked'
        ($backup | Test-SqliteBackup -IdentityFile key.txt).Status | Should -Be 'Ok'
        $backup | Restore-SqliteDatabase -Destination new.db -IdentityFile key.txt
        sqlite3 -batch new.db 'PRAGMA integrity_check' | Should -Be 'ok'
    }

    It 'has help for the cmdlet and the module' {
        (Get-Help Backup-SqliteDatabase).Synopsis | Should -Be 'Backs up SQLite databases while they are in use.'
        (Get-Help Backup-SqliteDatabase -Examples).examples.example.Count | Should -BeGreaterOrEqual 4
        (Get-Help Backup-SqliteDatabase -Parameter PagesPerStep).description.Text | Should -Match 'Suspend-SqliteBackup'
        Get-Help about_SqliteBackup | Should -Match 'HOW A COPY FINISHES'
    }

    It 'keeps its cmdlet through a second import, -Force, and removal' {
        $count = Invoke-Pwsh "
            Import-Module '$stagedModule'; Import-Module '$stagedModule'; (Get-Command -Module SqliteBackup).Count
            Import-Module '$stagedModule' -Force; (Get-Command -Module SqliteBackup).Count
            Remove-Module SqliteBackup; (Get-Command -Module SqliteBackup).Count
            Import-Module '$stagedModule'; (Get-Command -Module SqliteBackup).Count"

        $all = (Import-PowerShellDataFile "$stagedModule/SqliteBackup.psd1").CmdletsToExport.Count
        $count | Should -Be $all, $all, 0, $all
    }
}
