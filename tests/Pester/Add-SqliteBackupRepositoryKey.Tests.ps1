# End to end under a real pwsh: a key that is added opens the repository.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Add-SqliteBackupRepositoryKey' {
    BeforeEach {
        $null = Enter-TestFolder -ForRepository
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'adds a key whose password opens the repository' {
        $null = New-SqliteBackupRepository restic:repo

        $key = Add-SqliteBackupRepositoryKey restic:repo -NewPassword ([System.Net.NetworkCredential]::new('', 'another').SecurePassword)

        $env:RESTIC_PASSWORD = 'another'
        (Get-SqliteBackupRepositoryKey restic:repo | Where-Object IsCurrent).Id | Should -Be $key.Id
    }

    It 'adds none under -WhatIf' {
        $null = New-SqliteBackupRepository restic:repo

        Add-SqliteBackupRepositoryKey restic:repo -NewPassword ([securestring]::new()) -WhatIf | Should -BeNullOrEmpty

        Get-SqliteBackupRepositoryKey restic:repo | Should -HaveCount 1
    }
}
