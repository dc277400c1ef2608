@{
    RootModule           = 'SqliteBackup.psm1'
    ModuleVersion        = '0.2.0'
    GUID                 = 'aa3b95d5-c7ef-4984-a6ce-f7a3aa4cd189'
    Author               = 'SqliteBackup contributors'
    CompanyName          = 'SqliteBackup contributors'
    Copyright            = '(c) SqliteBackup contributors'
    Description          = 'Backs up SQLite databases while they are in use, with SQLite''s own Online Backup API: no write lock, paced, watched, checked and published atomically.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    TypesToProcess       = @('SqliteBackup.Types.ps1xml')
    FormatsToProcess     = @('SqliteBackup.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Add-SqliteBackupRepositoryKey'
        'Backup-SqliteDatabase'
        'Copy-SqliteBackup'
        'Export-SqliteDatabase'
        'Get-SqliteBackup'
        'Get-SqliteBackupProgress'
        'Get-SqliteBackupRepositoryKey'
        'Get-SqliteBackupSchedule'
        'Get-SqliteDatabase'
        'Import-SqliteDatabase'
        'Invoke-SqliteBackupPlan'
        'New-SqliteBackupIdentity'
        'New-SqliteBackupRepository'
        'Optimize-SqliteBackupRepository'
        'Register-SqliteBackupSchedule'
        'Remove-SqliteBackup'
        'Remove-SqliteBackupRepositoryKey'
        'Restore-SqliteDatabase'
        'Resume-SqliteBackup'
        'Stop-SqliteBackup'
        'Suspend-SqliteBackup'
        'Test-SqliteBackup'
        'Test-SqliteBackupPlan'
        'Test-SqliteBackupRepository'
        'Unregister-SqliteBackupSchedule'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('SQLite', 'Backup', 'Database', 'OnlineBackup', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ReleaseNotes = 'CHANGELOG.md, beside this manifest, says what each version brought. LICENSE is there, too: MIT.'
        }
    }
}
