# End to end under a real pwsh: a key is removed, and never the last one.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Remove-SqliteBackupRepositoryKey' {
    BeforeEach {
        $null = Enter-TestFolder -ForRepository
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'removes a key, and never the last one' {
        $made = New-SqliteBackupRepository restic:repo
        $key = Add-SqliteBackupRepositoryKey restic:repo -NewPassword ([System.Net.NetworkCredential]::new('', 'another').SecurePassword)

        $key | Remove-SqliteBackupRepositoryKey -Force

        (Get-SqliteBackupRepositoryKey restic:repo).Id | Should -Be $made.KeyId
        { Remove-SqliteBackupRepositoryKey restic:repo $made.KeyId -Force } | Should -Throw -ExpectedMessage '*last key*'
    }

    It 'removes none under -WhatIf' {
        $null = New-SqliteBackupRepository restic:repo
        $key = Add-SqliteBackupRepositoryKey restic:repo -NewPassword ([System.Net.NetworkCredential]::new('', 'another').SecurePassword)

        $key | Remove-SqliteBackupRepositoryKey -WhatIf

        Get-SqliteBackupRepositoryKey restic:repo | Should -HaveCount 2
    }
}
