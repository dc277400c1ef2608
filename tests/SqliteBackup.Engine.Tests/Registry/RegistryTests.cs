using SqliteBackup.Backup;
using SqliteBackup.Registry;

namespace SqliteBackup.Engine.Tests.Registry;

/// <summary>The registry that all sessions of a user share.</summary>
public sealed class RegistryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly BackupRegistry _registry;
    private readonly List<string> _ignored = [];

    public RegistryTests() => _registry = BackupRegistry.At(_folder["state"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_entry_shows_what_its_backup_reports_until_it_has_ended_for_a_while()
    {
        RegistryEntry entry = _registry.Post("app.db", "copy.db");
        Assert.Equal(BackupState.Queued, Read().State);

        entry.OnProgress(new BackupProgress
        {
            Database = "app.db",
            Backup = "copy.db",
            State = BackupState.Waiting,
            WaitingFor = BackupWait.RateLimit, PageSize = 4096, PageCount = 200, Remaining = 50, BytesPerSecond = 40_960, Restarts = 3, BusyRetries = 4, WalBytes = 77,
        });
        BackupStatus status = Read();
        Assert.Equal((BackupState.Waiting, BackupWait.RateLimit, 200, 50, 75.0, 3, 4, 77), (status.State, status.WaitingFor, status.PageCount, status.Remaining, status.PercentComplete, status.Restarts, status.BusyRetries, status.WalBytes));
        Assert.Equal(5.0, status.SecondsRemaining);
        Assert.Equal(Environment.ProcessId, status.ProcessId);
        Assert.Equal(status with { Elapsed = default }, _registry.Find(entry.Id)! with { Elapsed = default });

        entry.OnWarning("mind the gap");
        entry.End(BackupState.Completed);
        entry.End(BackupState.Failed, "no longer heard");
        Assert.Equal((BackupState.Completed, "mind the gap"), (Read().State, Read().Message));
        Assert.NotNull(Read().EndedAt);

        Assert.Empty(_registry.ReadAsOf(DateTime.UtcNow.AddMinutes(6), null));
        Assert.Equal(["control"], _folder.Files("state/registry"));
    }

    [Fact]
    public void A_queue_is_worth_its_files_only_where_it_lasts()
    {
        DateTime posted = DateTime.UtcNow;
        RegistryEntry waiting = _registry.Post("later.db", "copy.db");
        string path = Path.Combine(_registry.Folder, waiting.Id + ".json");

        // Nobody of this session looks, which would have it written at once.
        Assert.True(SpinWait.SpinUntil(() => File.Exists(path), TimeSpan.FromSeconds(60)));

        Assert.InRange(File.GetLastWriteTimeUtc(path) - posted, TimeSpan.FromSeconds(1.9), TimeSpan.MaxValue);
        Assert.Equal(BackupState.Queued, _registry.Find(waiting.Id)!.State);
        waiting.End(BackupState.Stopped);
    }

    [Fact]
    public void A_backup_whose_process_died_is_failed_and_is_swept()
    {
        RegistryEntry entry = _registry.Post("app.db", "copy.db");
        entry.OnProgress(new BackupProgress { Database = "app.db", Backup = "copy.db", State = BackupState.Copying, PageCount = 10, Remaining = 5 });
        Read();
        string path = Path.Combine(_registry.Folder, entry.Id + ".json");
        byte[] unfinished = File.ReadAllBytes(path);
        entry.End(BackupState.Completed);

        // What is left when the process dies: its last word, and a lock file that nobody holds.
        File.WriteAllBytes(path, unfinished);
        File.WriteAllText(Path.Combine(_registry.Folder, entry.Id[..8] + ".lock"), "");

        Assert.Equal(BackupState.Failed, Read().State);
        Assert.Contains("killed", Read().Message, StringComparison.Ordinal);
        Assert.Empty(_registry.ReadAsOf(DateTime.UtcNow.AddMinutes(6), null));
        Assert.Equal(["control"], _folder.Files("state/registry"));
    }

    [Fact]
    public void A_backup_that_holds_still_for_hours_is_not_taken_for_dead()
    {
        RegistryEntry entry = _registry.Post("app.db", "copy.db");
        entry.OnProgress(new BackupProgress { Database = "app.db", Backup = "copy.db", State = BackupState.Paused });
        Read();
        File.SetLastWriteTimeUtc(Path.Combine(_registry.Folder, entry.Id + ".json"), DateTime.UtcNow.AddHours(-9));

        BackupStatus status = Assert.Single(_registry.ReadAsOf(DateTime.UtcNow, null));

        Assert.Equal(BackupState.Paused, status.State);
        Assert.True(status.Elapsed > TimeSpan.FromHours(8));
        entry.End(BackupState.Stopped);
    }

    [Fact]
    public void Actions_are_heard_in_order_and_each_once()
    {
        RegistryEntry first = _registry.Post("a.db", "copy.db");
        RegistryEntry second = _registry.Post("b.db", "copy.db");

        _registry.Send(first.Id, ControlAction.Suspend);
        Await(() => first.Control.IsSuspended && _registry.Find(first.Id)!.State == BackupState.Paused);
        _registry.Send(first.Id, ControlAction.Resume);
        Await(() => !first.Control.IsSuspended && _registry.Find(first.Id)!.State == BackupState.Queued);
        _registry.Send(first.Id, ControlAction.Stop);
        Await(() => first.Control.IsStopRequested && _registry.Find(first.Id)!.State == BackupState.Stopped);

        Assert.False(second.Control.IsSuspended || second.Control.IsStopRequested);
        Assert.Empty(_folder.Files("state/registry/control"));
        first.End(BackupState.Stopped);
        second.End(BackupState.Stopped);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("0123abcd-1\n")]
    [InlineData("0123ABCD-1")]
    public void What_is_no_id_is_nobodys(string id)
    {
        Assert.Null(_registry.Find(id));
        Assert.Throws<ArgumentException>(() => _registry.Send(id, ControlAction.Stop));
    }

    [Fact]
    public void Damaged_and_foreign_files_are_ignored_and_said_so()
    {
        RegistryEntry entry = _registry.Post("app.db", "copy.db");
        string[] strange = ["0123abcd-1.json", "0123abcd-2.json", "0123abcd-3.json", "readme.txt", "other.json", "x.lock"];
        string[] contents = ["", "{\"Id\":\"", "{}", "hello", "{}", ""];
        foreach ((string name, string content) in strange.Zip(contents))
        {
            File.WriteAllText(Path.Combine(_registry.Folder, name), content);
        }

        Directory.CreateDirectory(Path.Combine(_registry.Folder, "0123abcd-4.json"));
        File.WriteAllText(Path.Combine(_registry.ControlFolder, entry.Id), "Explode");
        File.WriteAllText(Path.Combine(_registry.ControlFolder, "nonsense"), "Stop");

        Assert.Equal(entry.Id, Read().Id);
        Assert.All(strange, name => Assert.Contains(_ignored, text => text.Contains(name, StringComparison.Ordinal)));
        Await(() => !File.Exists(Path.Combine(_registry.ControlFolder, entry.Id)));
        Assert.False(entry.Control.IsStopRequested);

        entry.End(BackupState.Completed);
        _ = _registry.ReadAsOf(DateTime.UtcNow.AddMinutes(6), null);
        Assert.Equal(["0123abcd-4.json", "control", "other.json", "readme.txt", "x.lock"], _folder.Files("state/registry"));
    }

    [Fact]
    public void The_registry_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "rights come from the folder there");
        const UnixFileMode Everybody = (UnixFileMode)0x3FF;
        Directory.CreateDirectory(_folder["state/registry"]);
        File.SetUnixFileMode(_folder["state"], Everybody);
        File.SetUnixFileMode(_folder["state/registry"], Everybody);
        RegistryEntry entry = _registry.Post("app.db", "copy.db");
        _registry.Send(entry.Id, ControlAction.Suspend);
        Read();

        Assert.All(
            (string[])[_folder["state/registry"], _folder["state/registry/control"]],
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path)));
        Assert.Equal(Everybody, File.GetUnixFileMode(_folder["state"]));
        Assert.All(
            Directory.GetFiles(_folder["state/registry"]),
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
        entry.End(BackupState.Stopped);
    }

    [Fact]
    public void Many_backups_of_many_threads_are_all_shown_and_leave_the_registry_empty_in_the_end()
    {
        const int Threads = 8;
        const int Each = 100;
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            for (int i = 0; i < Each; i++)
            {
                RegistryEntry entry = _registry.Post($"{thread}-{i}.db", "copy.db");
                entry.OnProgress(new BackupProgress { Database = "a.db", Backup = "copy.db", State = BackupState.Copying });
                entry.End(i % 2 == 0 ? BackupState.Completed : BackupState.Failed, "as it is");
            }
        });

        Assert.Equal(Threads * Each, _registry.Read(_ignored.Add).Select(status => status.Database).Distinct().Count());
        Assert.Equal(Threads * Each, _registry.Read(_ignored.Add).Count(status => status.IsEnded));
        Assert.Empty(_registry.ReadAsOf(DateTime.UtcNow.AddMinutes(6), _ignored.Add));
        Assert.Equal(["control"], _folder.Files("state/registry"));
        Assert.Empty(_ignored);
    }

    [Fact]
    public void A_registry_that_cant_be_made_is_said_once_and_hinders_no_backup()
    {
        File.WriteAllText(_folder["file"], "");
        BackupRegistry registry = BackupRegistry.At(_folder["file/state"]);
        string database = new SampleDatabase { Megabytes = 1 }.Create(_folder["app.db"]);
        var problems = new List<string?>();

        foreach (string name in (string[])["a.db", "b.db"])
        {
            var request = new BackupRequest { Database = database, Destination = _folder[name] };
            RegistryEntry entry = registry.Post(request.Database, request.Destination);
            DatabaseBackup.Run(request, entry, entry.Control, TestContext.Current.CancellationToken);
            entry.End(BackupState.Completed);
            problems.Add(entry.TakeProblem());
            BackupRun.AssertGood(_folder[name]);
        }

        Assert.Contains("SQLITEBACKUP_STATE", problems[0], StringComparison.Ordinal);
        Assert.Null(problems[1]);
        Assert.Empty(registry.Read());
    }

    [Fact]
    public void A_registry_that_vanishes_hinders_no_backup()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows removes no folder with an open file in it");
        RegistryEntry entry = _registry.Post("app.db", "copy.db");
        Directory.Delete(_folder["state"], recursive: true);

        entry.OnProgress(new BackupProgress { Database = "app.db", Backup = "copy.db", State = BackupState.Copying });
        Await(() => entry.TakeProblem() is not null);
        entry.End(BackupState.Completed);

        RegistryEntry next = _registry.Post("app.db", "copy.db");
        Assert.Equal(next.Id, Read().Id);
        next.End(BackupState.Completed);
    }


    private static void Await(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "What the test waited for did not happen within 30 seconds.");

    private BackupStatus Read() => Assert.Single(_registry.Read(_ignored.Add));
}
