# End to end under a real pwsh. Databases are made by the sqlite3 shell.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Invoke-SqliteBackupPlan' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $folder = Enter-TestFolder
        New-Database "$folder/apps/one.db"
        New-Database "$folder/apps/two.db"
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'backs up, copies, tests and tells' {
        "@{ Databases = 'apps'; Destinations = 'out', @{ Location = 'copies'; KeepDaily = 7 }; Test = @{ Every = '1d' }; Tell = @{ Log = 'log.jsonl' } }" | Set-Content plan.psd1

        $result = Invoke-SqliteBackupPlan plan.psd1 -InformationVariable said 6>$null

        $result.Status | Should -Be 'Ok'
        $result.Databases.Tested | Should -HaveCount 4
        (Get-SqliteBackup copies).Verified | Should -Be $true, $true
        (Get-Content log.jsonl | ConvertFrom-Json).event | Should -Be 'start', 'database', 'database', 'end'
        "$said" | Should -BeLike 'plan: Ok. 2 of 2 databases backed up, 2 copied, 4 tested; *'
        ($result | Out-String) | Should -Match 'BackedUp +: 2'
        ($result.Databases | Out-String -Width 120) | Should -Match 'one\.db +Ok +'
    }

    It 'does nothing under -WhatIf' {
        "@{ Databases = 'apps'; Destinations = 'out' }" | Set-Content plan.psd1

        $null = Invoke-SqliteBackupPlan plan.psd1 -WhatIf 6>$null

        'out' | Should -Not -Exist
    }

    It 'ends a pwsh with 2 where something is gone' {
        "@{ Databases = 'apps/*.db'; Destinations = 'out' }" | Set-Content plan.psd1
        $null = Invoke-SqliteBackupPlan plan.psd1 6>$null
        Remove-Item apps/two.db

        $null = Invoke-Pwsh "Import-Module '$stagedModule'; Invoke-SqliteBackupPlan plan.psd1 -WarningAction SilentlyContinue"

        $LASTEXITCODE | Should -Be 2
    }

    It 'runs the night of the README as it is printed, in under ten lines' {
        $readme = Get-Content -Raw (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'README.md')
        $null = $readme -match '(?s)## A night in one file\s+```powershell\n(.*?)\n```'
        $night = $Matches[1]

        ($night -split "`n").Count | Should -BeLessThan 10
        $result = & ([scriptblock]::Create($night)) 6>$null

        $result.Status | Should -Be 'Ok'
        $result.Copied | Should -Be 2
        $result.Tested | Should -BeGreaterThan 0
        (Get-SqliteBackup copies).Verified | Should -Be $true, $true
    }
}
