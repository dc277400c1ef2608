# End to end under a real pwsh. Databases are made by the sqlite3 shell.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Test-SqliteBackupPlan' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeEach {
        $folder = Enter-TestFolder
        New-Database "$folder/apps/one.db"
    }

    AfterEach {
        Exit-TestFolder
    }

    It 'says that a plan is sound, and which databases it takes' {
        "@{ Databases = 'apps'; Destinations = @{ Location = 'out/'; KeepDaily = 7 } }" | Set-Content plan.psd1

        $check = Test-SqliteBackupPlan plan.psd1

        $check.IsValid | Should -BeTrue
        $check.Databases | Should -Be "$folder/apps/one.db"
        ($check | Out-String) | Should -Match 'IsValid +: True'
        'out' | Should -Not -Exist
    }

    It 'tells a mistake with its line and the nearest right word' {
        "@{`n Databases = 'apps'`n Destinations = @{ Location = 'out/'; KeepDaly = 7 } }" | Set-Content plan.psd1

        $check = Test-SqliteBackupPlan plan.psd1 -ErrorVariable failed -ErrorAction SilentlyContinue

        $failed | Should -BeLike "*line 3, Destinations.KeepDaly: *Did you mean 'KeepDaily'?"
        $check.Mistakes.Line | Should -Be 3
    }
}
