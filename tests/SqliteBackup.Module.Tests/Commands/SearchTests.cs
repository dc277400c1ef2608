using System.Diagnostics;
using System.Management.Automation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SqliteBackup.ModuleTests.Hosting;

namespace SqliteBackup.ModuleTests.Commands;

public sealed partial class SearchTests : ModuleTest
{
    private static readonly string[] OddNames =
    [
        "app.db", "no extension", "picture.jpg", "a[1].db", "a1.db", "über.дб", "$HOME `tick`", "-dash", "it's", "per%20cent", "hash#?.txt", ".hidden",
    ];

    [Fact]
    public void Databases_are_found_by_their_content_in_a_tree_full_of_other_things()
    {
        int count = TestScale.Count(10_000);
        string[] expected = [.. Enumerable.Range(0, 50).Select(number => Folder[$"tree/{number % 7}/deep/{number}-{OddNames[number % OddNames.Length]}"])];
        byte[] sample = File.ReadAllBytes(Create("sample.db", rows: 2));
        File.Delete(Folder["sample.db"]);
        for (int number = 0; number < count; number++)
        {
            string folder = Folder[$"tree/{number % 7}/deep/{number % 31}"];
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{number}.db"), new string('x', number % 3000));
        }

        foreach (string path in expected)
        {
            File.WriteAllBytes(path, sample);
        }

        WriterProcess.Crash(expected[0], "crash-journal");
        Assert.True(File.Exists(expected[0] + "-journal"));
        File.WriteAllBytes(Folder["tree/cut short.db"], sample[..1000]);
        File.WriteAllBytes(Folder["tree/app.db.partial-0123456789abcdef"], sample);
        using Socket? socket = MakeStrange();

        RunOutcome outcome = Run("Get-SqliteDatabase tree -Recurse");

        outcome.AssertClean();
        Assert.Equal(expected.Order(StringComparer.Ordinal), Paths(outcome).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Paths(Run("Get-SqliteDatabase tree/link-to-itself -Recurse")).Select(path => path.Replace("/link-to-itself/", "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_told_of_a_database_is_what_SQLite_tells()
    {
        string path = new SampleDatabase { PageSize = 1024, Encoding = "UTF-16be", AutoVacuum = "incremental", Megabytes = 0.2 }.Create(Folder["app.db"]);
        using (SqliteConnection connection = SampleDatabase.Open(path))
        {
            SampleDatabase.Execute(connection, "PRAGMA user_version=-7; PRAGMA application_id=252006674; DELETE FROM filler");
        }

        PSObject found = Run("Get-SqliteDatabase app.db").Result;

        foreach ((string property, string pragma) in (ReadOnlySpan<(string, string)>)
            [("PageSize", "page_size"), ("PageCount", "page_count"), ("FreePages", "freelist_count"), ("SchemaVersion", "schema_version"), ("UserVersion", "user_version"), ("ApplicationId", "application_id")])
        {
            Assert.Equal(SampleDatabase.Scalar<long>(path, $"PRAGMA {pragma}"), Convert.ToInt64(found.Properties[property].Value, null));
        }

        Assert.Equal("UTF-16be", found.Properties["Encoding"].Value);
        Assert.Equal("Incremental Rollback", $"{found.Properties["AutoVacuum"].Value} {found.Properties["JournalMode"].Value}");
        Assert.Equal(new FileInfo(path).Length, found.Properties["Bytes"].Value);
        Assert.Equal(0L, found.Properties["WalBytes"].Value);
        Assert.Null(found.Properties["IsInUse"].Value);
    }

    [Fact]
    public void Depth_Include_and_Exclude_bound_the_search()
    {
        foreach (string name in (string[])["a.db", "b.sqlite", "one/c.db", "one/two/d.db", "skip/e.db"])
        {
            Create(name, rows: 1);
        }

        Assert.Equal(["a.db", "b.sqlite"], Names(""));
        Assert.Equal(["a.db", "b.sqlite"], Names("-Depth 0"));
        Assert.Equal(["a.db", "b.sqlite", "c.db", "e.db"], Names("-Depth 1"));
        Assert.Equal(["a.db", "b.sqlite", "c.db", "d.db", "e.db"], Names("-Recurse"));
        Assert.Equal(["a.db", "c.db", "d.db", "e.db"], Names("-Recurse -Include *.db, *.sql"));
        Assert.Equal(["b.sqlite", "c.db", "d.db"], Names("-Recurse -Exclude skip, a.*"));
        Assert.Equal(["c.db", "d.db"], Names("one/*"));
        Assert.Equal(["c.db", "d.db"], Names("-LiteralPath one -Recurse"));
    }

    [Fact]
    public void A_link_to_a_database_leads_to_it_unless_it_was_found_already()
    {
        Create("in/app.db");
        Create("elsewhere/other.db");
        File.CreateSymbolicLink(Folder["in/again.db"], Folder["in/app.db"]);
        File.CreateSymbolicLink(Folder["in/away.db"], Folder["elsewhere/other.db"]);
        File.CreateSymbolicLink(Folder["in/broken.db"], Folder["nowhere"]);

        Assert.Equal([Folder["in/app.db"], Folder["in/away.db"]], Paths(Run("Get-SqliteDatabase in")));
    }

    [Fact]
    public void A_named_file_that_is_no_database_is_an_error_and_one_among_others_is_not()
    {
        File.WriteAllText(Folder["no.db"], new string('x', 5000));
        Create("yes.db");

        Assert.StartsWith("NotADatabase,", Assert.Single(Run("Get-SqliteDatabase no.db").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("FileNotFound,", Assert.Single(Run("Get-SqliteDatabase nope").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("PathNotFileSystem,", Assert.Single(Run("Get-SqliteDatabase Env:PATH").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([Folder["yes.db"]], Paths(Run("Get-SqliteDatabase *.db")));
    }

    [Fact]
    public void What_is_found_is_backed_up_by_its_literal_path()
    {
        Create("in/a[1].db", rows: 5);
        Create("in/a1.db", rows: 9);

        RunOutcome outcome = Run("Get-SqliteDatabase in | Backup-SqliteDatabase -Destination out/ -FileNameFormat '{name}{extension}' -ThrottleLimit 1");

        outcome.AssertClean();
        Assert.Equal([Folder["in/a1.db"], Folder["in/a[1].db"]], outcome.Output.Select(result => result.Properties["Database"].Value));
        Assert.Equal(5, Rows(Folder["out/a[1].db"]));
        Assert.Equal(9, Rows(Folder["out/a1.db"]));
    }

    private static IEnumerable<string> Paths(RunOutcome outcome) => outcome.Output.Select(value => (string)value.Properties["Path"].Value);

    private string[] Names(string arguments)
    {
        RunOutcome outcome = Run($"Get-SqliteDatabase {arguments}");
        outcome.AssertClean();
        return [.. Paths(outcome).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    // What a search must neither open nor follow, as far as this machine and this account can make it.
    private Socket? MakeStrange()
    {
        Directory.CreateSymbolicLink(Folder["tree/link-to-itself"], Folder["tree"]);
        Directory.CreateSymbolicLink(Folder["tree/0/up"], "..");
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        Assert.Equal(0, MakeFifo(Folder["tree/pipe.db"], 0x180));
        File.CreateSymbolicLink(Folder["tree/zero.db"], "/dev/zero");
        using Process node = Process.Start("mknod", [Folder["tree/device.db"], "c", "1", "3"]);
        node.WaitForExit();
        File.WriteAllText(Folder["tree/unreadable.db"], new string('x', 4096));
        File.SetUnixFileMode(Folder["tree/unreadable.db"], UnixFileMode.None);
        Directory.CreateDirectory(Folder["tree/locked"], UnixFileMode.None);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Folder["tree/socket.db"]));
        return socket;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
