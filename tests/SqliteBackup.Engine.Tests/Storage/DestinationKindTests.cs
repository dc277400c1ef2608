using SqliteBackup.Engine.Tests.Restore;
using SqliteBackup.Platform;
using SqliteBackup.Sql;

namespace SqliteBackup.Engine.Tests.Storage;

/// <summary>What -Force never replaces: the database's own files, through whatever links, and what is no file.</summary>
public sealed class DestinationKindTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DestinationKindTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "links and such files are of Unix");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("alias.db", "real/app.db-wal")]
    [InlineData("alias.db", "real/app.db-journal")]
    [InlineData("alias.db", "real/app.db-shm")]
    [InlineData("alias.db", "link/app.db-wal")]
    [InlineData("link/app.db", "real/app.db-wal")]
    [InlineData("alias.db", "link/app.db")]
    public void A_file_of_the_database_that_a_link_leads_to_is_the_database_itself(string source, string destination)
    {
        string database = MakeLive(out Microsoft.Data.Sqlite.SqliteConnection writer);
        using (writer)
        {
            File.CreateSymbolicLink(_folder["alias.db"], database);
            Directory.CreateSymbolicLink(_folder["link"], _folder["real"]);

            BackupRun.Fails(BackupFailure.DestinationIsSource, () => BackupRun.Run(_folder[source], _folder[destination], overwrite: true));

            Assert.Equal(1L, Count(writer));
        }
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("restore")]
    public void Another_databases_wal_is_no_destination(string use)
    {
        string database = MakeLive(out Microsoft.Data.Sqlite.SqliteConnection writer);
        using (writer)
        {
            AssertRefused(use, database + "-wal");
            Assert.Equal(1L, Count(writer));
        }
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("export")]
    [InlineData("import")]
    public void A_pipe_or_socket_is_not_replaced(string use)
    {
        string pipe = Special.Pipe(_folder["pipe"]);
        using IDisposable socket = Special.Socket(_folder["socket"]);

        AssertRefused(use, pipe);
        AssertRefused(use, _folder["socket"]);

        Assert.Equal(FileKind.Special, FileStatus.OfEntry(pipe)!.Value.Kind);
        Assert.Equal(FileKind.Special, FileStatus.OfEntry(_folder["socket"])!.Value.Kind);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("export")]
    [InlineData("import")]
    public void A_device_is_not_replaced(string use)
    {
        Assert.SkipUnless(Special.TryDevice(_folder["device"]), "no device can be made here: it takes root, and mknod must be allowed");

        AssertRefused(use, _folder["device"]);

        Assert.Equal(FileKind.Special, FileStatus.OfEntry(_folder["device"])!.Value.Kind);
    }

    private void AssertRefused(string use, string destination)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        string source = _folder["other.db"];
        if (!File.Exists(source))
        {
            new SampleDatabase { Megabytes = 1 }.Create(source);
        }

        File.WriteAllText(_folder["text.sql"], "CREATE TABLE t(a);");
        SqliteBackupException exception = Assert.Throws<SqliteBackupException>(() => use switch
        {
            "backup" => (object)BackupRun.Run(source, destination, overwrite: true),
            "export" => SqlExport.ToFile(new ExportRequest { Database = source }, destination, overwrite: true, (_, _) => { }, token),
            "import" => SqlImport.Run(new ImportRequest { Path = _folder["text.sql"], Destination = destination, Overwrite = true }, (_, _) => { }, token),
            _ => RestoreRun.Run(source, destination),
        });
        Assert.Equal(destination, exception.Path);
    }

    private string MakeLive(out Microsoft.Data.Sqlite.SqliteConnection writer)
    {
        Directory.CreateDirectory(_folder["real"]);
        string path = new SampleDatabase { JournalMode = "wal" }.Create(_folder["real/app.db"]);
        writer = SampleDatabase.Open(path);
        SampleDatabase.Execute(writer, "CREATE TABLE seen(a); INSERT INTO seen VALUES (1)");
        return path;
    }

    private static long Count(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM seen";
        return (long)command.ExecuteScalar()!;
    }
}
