global using SqliteBackup.Testing;
global using Xunit;
