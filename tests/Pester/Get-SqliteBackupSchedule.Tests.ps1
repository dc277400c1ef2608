# End to end under a real pwsh.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Get-SqliteBackupSchedule' {
    It 'has no schedule that nobody registered' {
        $null = Get-SqliteBackupSchedule 'never-registered' -ErrorVariable failed -ErrorAction SilentlyContinue

        $failed.FullyQualifiedErrorId | Should -BeLike 'FileNotFound,*'
        Get-SqliteBackupSchedule 'never-registered*' | Should -BeNullOrEmpty
    }
}
