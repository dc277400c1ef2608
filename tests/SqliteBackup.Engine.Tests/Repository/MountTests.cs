using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace SqliteBackup.Engine.Tests.Repository;

/// <summary>What restic's mount shows of a repository.</summary>
public sealed class MountTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Every_generation_is_a_file_that_sqlite3_queries_in_place()
    {
        ResticProgram.SkipIfMissing();
        Assert.SkipUnless(CanMount, "restic's mount takes Linux, /dev/fuse and fusermount: on Debian, apt-get install fuse3");
        Assert.SkipUnless(IsInstalled("sqlite3"), "sqlite3 is not installed: on Debian, apt-get install sqlite3");
        string database = new SampleDatabase { Megabytes = 2 }.Create(_fixture.Folder["app.db"]);
        _fixture.Create().Dispose();
        var ids = new List<string>();
        foreach (int generation in (int[])[1, 2])
        {
            using (SqliteConnection connection = SampleDatabase.Open(database))
            {
                SampleDatabase.Execute(connection, $"PRAGMA user_version={generation}; UPDATE filler SET data = randomblob(100) WHERE id = {generation}");
            }

            ids.Add(_fixture.Backup(database).Snapshot.Id);
        }

        string mount = Directory.CreateDirectory(_fixture.Folder["mount"]).FullName;
        using Process restic = _fixture.Restic.Start("mount", mount);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => restic.HasExited || Directory.Exists(Path.Combine(mount, "ids")), TimeSpan.FromMinutes(1)));
            Assert.False(restic.HasExited, restic.HasExited ? restic.StandardError.ReadToEnd() : "");
            Assert.Equal(
                ["1|512|ok", "2|512|ok"],
                ids.Select(id => Query(Path.Combine(mount, "ids", id[..8], "app.db"))));
        }
        finally
        {
            // Ends it: it stays as long as something is mounted.
            Process.Start(Unmount, ["-u", mount]).WaitForExit();
            restic.WaitForExit();
        }
    }

    private static bool CanMount => OperatingSystem.IsLinux() && File.Exists("/dev/fuse") && (IsInstalled("fusermount3") || IsInstalled("fusermount"));

    private static string Unmount => IsInstalled("fusermount3") ? "fusermount3" : "fusermount";

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Query(string path)
    {
        const string Sql = "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM filler), (SELECT integrity_check FROM pragma_integrity_check)";
        var start = new ProcessStartInfo("sqlite3", [$"file:{path}?immutable=1", Sql]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", error);
        return output.Trim();
    }
}
