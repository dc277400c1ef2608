using System.Management.Automation;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

/// <summary>SQL text that comes to Import-SqliteDatabase through the pipeline.</summary>
public sealed class PipedTextTests : ModuleTest
{
    [Fact]
    public void What_Export_writes_as_strings_makes_the_same_database()
    {
        string database = Create("app.db", rows: 30);

        PSObject result = Run("Export-SqliteDatabase app.db -AsString | Import-SqliteDatabase -Destination new.db").Result;

        Assert.Equal(Ledger.Read(database), Ledger.Read(Folder["new.db"]));
        Assert.Null(result.Properties["Backup"].Value);
        Assert.Equal(["app.db", "new.db"], Folder.Files());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Folder["new.db"]));
        }
    }

    [Theory]
    [InlineData("'CREATE TABLE t(x)', '', 'STRICT;' | Import-SqliteDatabase -Destination new.db", "RestoreFailed", "line 1")]
    [InlineData("'CREATE TABLE t(x);', 'SELEC 1;' | Import-SqliteDatabase -Destination new.db", "RestoreFailed", "line 2")]
    [InlineData("Export-SqliteDatabase app.db -AsString | Select-First | Import-SqliteDatabase -Destination new.db", "RestoreFailed", "makes nothing")]
    [InlineData("'PRAGMA x;', 'BEGIN;' | Import-SqliteDatabase -Destination new.db", "RestoreFailed", "cut short")]
    [InlineData("'CREATE TABLE t(x);' | Import-SqliteDatabase -Destination .", "InvalidOption", "Name the database")]
    [InlineData("'CREATE TABLE t(x);' | Import-SqliteDatabase -Destination app.db", "DestinationExists", "app.db")]
    [InlineData("\"'$([char]0xD800)';\" | Import-SqliteDatabase -Destination new.db", "RestoreFailed", "half of a character")]
    [InlineData("'none.sql' | Import-SqliteDatabase -Destination new.db", "FileNotFound", "none.sql")]
    [InlineData("'CREATE TABLE t(x);' | Import-SqliteDatabase CREATE.sql new.db", "", "")]
    public void Text_that_makes_no_database_makes_nothing(string script, string id, string message)
    {
        Create("app.db");

        RunOutcome outcome = Run(script);

        ErrorRecord error = Assert.Single(outcome.Errors.Concat(outcome.Terminating is RuntimeException ended ? [ended.ErrorRecord] : []));
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["app.db"], Folder.Files());
    }

    [Fact]
    public void WhatIf_makes_nothing_and_a_file_of_that_name_is_a_file()
    {
        File.WriteAllText(Folder["INSERT INTO x;"], "CREATE TABLE t(x);");

        Run("'CREATE TABLE t(x);' | Import-SqliteDatabase -Destination new.db -WhatIf").AssertClean();
        Assert.Equal(["INSERT INTO x;"], Folder.Files());

        Run("'INSERT INTO x;' | Import-SqliteDatabase -Destination new.db").AssertClean();
        Assert.Equal(["INSERT INTO x;", "new.db"], Folder.Files());
    }
}
