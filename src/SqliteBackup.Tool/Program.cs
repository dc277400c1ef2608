using SqliteBackup.Tool;

return Entry.Run(args);
