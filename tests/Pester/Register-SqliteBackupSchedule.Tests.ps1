# End to end under a real pwsh. Nothing is installed: what would be is read.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Register-SqliteBackupSchedule' {
    BeforeEach {
        $script:folder = Enter-TestFolder
        "@{ Databases = 'apps'; Destinations = 'out' }" | Set-Content nightly.psd1
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'shows what it would install for <Kind>' -ForEach @(
        @{ Kind = 'Systemd'; Files = 2; Expected = 'OnCalendar=*-*-* 03:15:00' }
        @{ Kind = 'Cron'; Files = 1; Expected = '15 3 * * * root ' }
        @{ Kind = 'Launchd'; Files = 1; Expected = '<key>StartCalendarInterval</key>' }
        @{ Kind = 'TaskScheduler'; Files = 1; Expected = 'T03:15:00</StartBoundary>' }
    ) {
        $text = @(Register-SqliteBackupSchedule nightly.psd1 -At 03:15 -Kind $Kind -AsText)

        $text | Should -HaveCount $Files
        $text -join "`n" | Should -BeLike "*$([WildcardPattern]::Escape($Expected))*"
        $text[0] | Should -BeLike "*Invoke-SqliteBackupPlan*$folder/nightly.psd1*"
    }
}
