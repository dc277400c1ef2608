Import-Module /work/wt/plans/output/SqliteBackup
Remove-SqliteBackup out -KeepLast 1
