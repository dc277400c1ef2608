# End to end under a real pwsh: the keys of a repository are listed.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Get-SqliteBackupRepositoryKey' {
    BeforeEach {
        $null = Enter-TestFolder -ForRepository
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'lists the keys, and says which one opened the repository' {
        $made = New-SqliteBackupRepository restic:repo

        $key = Get-SqliteBackupRepositoryKey restic:repo

        $key.Id | Should -Be $made.KeyId
        $key.IsCurrent | Should -BeTrue
        ($key | Out-String) | Should -Match 'IsCurrent'
    }
}
