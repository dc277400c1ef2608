using SqliteBackup.Catalog;
using SqliteBackup.Engine.Tests.Restore;
using SqliteBackup.Sql;
using SqliteBackup.Sqlite;
using SqliteBackup.Verify;

namespace SqliteBackup.Engine.Tests.Platform;

/// <summary>Pipes, sockets and devices are refused at once wherever a file is read, whichever program might wait at their other end.</summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IDisposable _socket;

    public SpecialFileTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such files");
        _socket = Special.Socket(_folder["socket.db"]);
    }

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string kind in (string[])["pipe", "socket", "device", "endless device"])
            {
                foreach (string use in (string[])["backup", "restore", "test", "against", "import", "export"])
                {
                    cases.Add(kind, use);
                }
            }

            return cases;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_no_database_backup_or_text(string kind, string use)
    {
        string path = Make(kind);

        // On a thread of its own: what hangs there must not hang the tests.
        Task<object> run = Task.Run(() => Use(use, path), TestContext.Current.CancellationToken);
        Assert.Same(run, await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)));

        SqliteBackupException exception = await Assert.ThrowsAsync<SqliteBackupException>(() => run);
        Assert.Equal((BackupFailure.NotADatabase, path), (exception.Failure, exception.Path));
        Assert.Contains("a pipe, a socket or a device", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-journal")]
    [InlineData("-wal")]
    [InlineData(".json")]
    public async Task A_pipe_beside_a_database_makes_nobody_wait(string suffix)
    {
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        Special.Pipe(database + suffix);

        // Whether it works beside a pipe is another question: that it ends is all that is asked here.
        CancellationToken token = TestContext.Current.CancellationToken;
        Task run = Task.Run(
            () =>
            {
                _ = Record.Exception(() => BackupRun.Run(database, _folder["copy.db"]));
                _ = Record.Exception(() => BackupTest.Run(new BackupTestRequest { Path = database }, token));
                _ = FolderCatalog.List(_folder.Path, recurse: false, token);
            },
            token);

        Assert.Same(run, await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(30), token)));
        await run;
    }

    [Fact]
    public void A_pipe_that_takes_a_databases_place_while_SQLite_opens_it_is_refused_by_SQLite_itself()
    {
        string pipe = Special.Pipe(_folder["app.db"]);
        NativeSqlite.Initialize();

        int code = SQLitePCL.raw.sqlite3_open_v2(pipe, out SQLitePCL.sqlite3 connection, SQLitePCL.raw.SQLITE_OPEN_READONLY, null);
        using (connection)
        {
            Assert.Equal(SQLitePCL.raw.SQLITE_CANTOPEN, code);
        }
    }

    private string Make(string kind) => kind switch
    {
        "pipe" => Special.Pipe(_folder["thing.db"]),
        "socket" => _folder["socket.db"],
        "device" => "/dev/tty",
        _ => "/dev/zero",
    };

    private object Use(string use, string path)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        switch (use)
        {
            case "backup":
                return BackupRun.Run(path, _folder["copy.db"]);
            case "restore":
                return RestoreRun.Run(path, _folder["new.db"]);
            case "test":
                return BackupTest.Run(new BackupTestRequest { Path = path }, token);
            case "against":
                string sound = new SampleDatabase { Megabytes = 1 }.Create(_folder["sound.db"]);
                return BackupTest.Run(new BackupTestRequest { Path = sound, Against = path }, token);
            case "import":
                return SqlImport.Run(
                    new ImportRequest { Path = path, Destination = _folder["new.db"] }, (_, _) => { }, token);
            default:
                return SqlExport.ToFile(
                    new ExportRequest { Database = path }, _folder["new.sql"], overwrite: false, (_, _) => { }, token);
        }
    }
}
