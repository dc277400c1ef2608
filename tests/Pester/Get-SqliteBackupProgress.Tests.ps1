# End to end under a real pwsh, with the backup in another pwsh.

BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    Import-Module $stagedModule
}

Describe 'Get-SqliteBackupProgress' -Skip:(Test-ProgramMissing sqlite3) {
    BeforeAll {
        $database = Join-Path $TestDrive 'data/app.db'
        New-Database $database -Rows 3000
    }

    BeforeEach {
        $out = Join-Path $TestDrive ([guid]::NewGuid())
        Start-Worker $database "$out/"
    }

    AfterEach {
        Stop-Worker
    }

    It 'shows a backup of another process getting on' {
        $first = Wait-Progress { $true }
        $first.Database | Should -Be $database
        $first.State | Should -BeIn 'Copying', 'Waiting'

        $later = Wait-Progress { param($status) $status.PercentComplete -gt $first.PercentComplete }

        $later.Id | Should -Be $first.Id
        ($later | Format-Table | Out-String) | Should -Match 'app\.db'
        (Get-SqliteBackupProgress -Database app* -Id $first.Id).Id | Should -Be $first.Id
        Get-SqliteBackupProgress -Database nope* | Should -BeNullOrEmpty
    }

    It 'shows a killed one as failed' {
        $worker.Kill()
        $worker.WaitForExit()

        $status = Wait-Progress { $true }

        $status.State | Should -Be 'Failed'
        $status.Message | Should -Match 'killed'
        @(Get-ChildItem $out -Force).Name | Should -Match '\.partial-'
        $next = Backup-SqliteDatabase $database "$out/"
        Test-Path -LiteralPath $next.Backup | Should -BeTrue
        @(Get-ChildItem $out -Force | Where-Object Name -Match '\.partial-') | Should -BeNullOrEmpty
    }

    It 'waits until it has ended' {
        $id = (Wait-Progress { $true }).Id

        $ended = Get-SqliteBackupProgress $id -Wait

        $ended.State | Should -Be 'Completed'
        $ended.Remaining | Should -Be 0
    }
}
