# End to end under a real pwsh: a repository is tested, and damage is found.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Test-SqliteBackupRepository' {
    BeforeEach {
        $null = Enter-TestFolder -ForRepository
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'finds nothing in a new one, and what was changed in it' {
        $null = New-SqliteBackupRepository restic:repo
        (Test-SqliteBackupRepository restic:repo -ReadData).Status | Should -Be 'Ok'

        Get-ChildItem repo/keys | ForEach-Object { Copy-Item $_ "repo/keys/$('0' * 64)" }

        $test = Test-SqliteBackupRepository restic:repo -WarningAction SilentlyContinue
        $test.Status | Should -Be 'Damaged'
        $test.Findings[0].File | Should -Be "keys/$('0' * 64)"
        ($test | Out-String) | Should -Match 'Damaged'
    }
}
