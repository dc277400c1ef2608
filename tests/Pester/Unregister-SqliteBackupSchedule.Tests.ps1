# End to end under a real pwsh.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Unregister-SqliteBackupSchedule' {
    It 'says that there is no such schedule' {
        Unregister-SqliteBackupSchedule 'never-registered' -ErrorVariable failed -ErrorAction SilentlyContinue

        $failed.FullyQualifiedErrorId | Should -BeLike 'FileNotFound,*'
    }
}
