# End to end under a real pwsh, with the backup in another pwsh.

BeforeDiscovery {
    $judge = Get-Command -Name sqlite3 -CommandType Application -ErrorAction Ignore
    if (-not $judge) {
        Write-Warning 'sqlite3 is not on PATH: nothing can make a database, every test is skipped.'
    }
}

Describe 'Suspend-SqliteBackup' -Skip:(-not $judge) {
    BeforeAll {
        $ErrorActionPreference = 'Stop'
        $module = Resolve-Path -LiteralPath "$PSScriptRoot/../../output/SqliteBackup"
        $script:stateBefore = $env:SQLITEBACKUP_STATE
        $env:SQLITEBACKUP_STATE = Join-Path $TestDrive 'state'
        Import-Module $module
        $folder = Join-Path $TestDrive 'data'
        $null = New-Item -ItemType Directory $folder
        & sqlite3 -batch "$folder/app.db" (
            'CREATE TABLE item(id INTEGER PRIMARY KEY, body BLOB);' +
            'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO item SELECT i, zeroblob(3000) FROM n')

        function Wait-Progress([scriptblock] $Condition) {
            $deadline = [datetime]::UtcNow.AddSeconds(60)
            do {
                $status = Get-SqliteBackupProgress | Where-Object { $_.ProcessId -eq $worker.Id }
                if ($status -and (& $Condition $status)) { return $status }
                Start-Sleep -Milliseconds 50
            } while ([datetime]::UtcNow -lt $deadline)
            throw 'What the test waited for did not happen within 60 seconds.'
        }
    }

    AfterAll {
        $env:SQLITEBACKUP_STATE = $script:stateBefore
    }

    BeforeEach {
        $out = Join-Path $TestDrive ([guid]::NewGuid())
        $command = "Import-Module '$module'; Backup-SqliteDatabase '$folder/app.db' '$out/' -PagesPerStep 2 -StepDelayMilliseconds 10"
        $script:worker = Start-Process -FilePath (Get-Process -Id $PID).Path -ArgumentList '-NoProfile', '-Command', """$command""" -PassThru -RedirectStandardOutput "$TestDrive/output" -RedirectStandardError "$TestDrive/error"
        $null = Wait-Progress { param($status) $status.PercentComplete -gt 0 }
    }

    AfterEach {
        if (-not $worker.HasExited) { $worker.Kill(); $worker.WaitForExit() }
    }

    It 'holds a backup of another process still' {
        $paused = Get-SqliteBackupProgress | Where-Object { $_.ProcessId -eq $worker.Id } | Suspend-SqliteBackup -PassThru

        $paused.State | Should -Be 'Paused'
        Start-Sleep -Milliseconds 600
        (Get-SqliteBackupProgress $paused.Id).Remaining | Should -Be $paused.Remaining
        & sqlite3 -batch "$folder/app.db" 'BEGIN EXCLUSIVE' | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
    }

    It 'changes nothing with -WhatIf' {
        $id = (Wait-Progress { $true }).Id

        Suspend-SqliteBackup $id -WhatIf

        $before = Get-SqliteBackupProgress $id
        (Wait-Progress { param($status) $status.Remaining -lt $before.Remaining }).State | Should -Not -Be 'Paused'
    }
}
