Import-Module /work/wt/plans/output/SqliteBackup
(Get-Help about_SqliteBackup) -split "`n" | Select-String -Context 3,14 'try \{'
Backup-SqliteDatabase app.db out/ -FileNameFormat '{name}'
Get-SqliteBackup out
(TabExpansion2 'Get-SqliteBackup out -Database ').CompletionMatches
(TabExpansion2 'Get-SqliteBackup out/').CompletionMatches
