global using SqliteBackup.Storage;
global using SqliteBackup.Testing;
global using Xunit;
