global using SqliteBackup.Storage;
global using SqliteBackup.Testing;
global using SqliteBackup.Testing.Servers;
global using Xunit;
