# End to end under a real pwsh. But for one schedule of cron's, what would be installed is read.

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

    It 'installs nothing under -WhatIf' {
        Register-SqliteBackupSchedule nightly.psd1 -Name pester-whatif -WhatIf | Should -BeNullOrEmpty

        Get-SqliteBackupSchedule 'pester-whatif*' | Should -BeNullOrEmpty
    }

    # A file in /etc/cron.d, which only root may write.
    It 'installs a schedule, which is listed with its last run until it is removed' -Skip:(-not (Test-Path /etc/cron.d) -or (id -u) -ne 0) {
        $name = "pester-$(New-Guid)".Substring(0, 11)
        try {
            New-Database apps/app.db
            (Register-SqliteBackupSchedule nightly.psd1 -Name $name -Kind Cron -At 02:30).Plan | Should -Be "$folder/nightly.psd1"
            $null = Invoke-SqliteBackupPlan nightly.psd1 6>$null

            $schedule = Get-SqliteBackupSchedule "$name*"
            $schedule.LastStatus | Should -Be 'Ok'
            ($schedule | Out-String) | Should -Match "$name +\d{4}-\d\d-\d\d \d\d:\d\d Ok +\d{4}-\d\d-\d\d 02:30 +every day, from 02:30"
            Unregister-SqliteBackupSchedule $name -WhatIf
            "/etc/cron.d/sqlitebackup-$name" | Should -Exist
        }
        finally {
            Unregister-SqliteBackupSchedule $name
        }

        "/etc/cron.d/sqlitebackup-$name" | Should -Not -Exist
    }
}
