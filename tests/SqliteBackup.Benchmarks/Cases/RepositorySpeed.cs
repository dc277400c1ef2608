using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Backup;
using SqliteBackup.Repository;
using SqliteBackup.Storage;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>How long an unchanged database and a restore take.</summary>
internal sealed class RepositorySpeed : IBenchmark
{
    private const string Password = "benchmark";

    private string? _folder;

    public string Name => "repository, speed";

    public string Description =>
        "Seconds to back up a database of 500 MB times the scale that did not change, and to restore it, on disk. Ours opens the repository and closes it; restic is timed as a program. What others wrote is on the disk before each begins. A database that nobody wrote to since its last backup is backed up as Backup-SqliteDatabase does; where somebody wrote what was there already, all of it is read and hashed.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = new SampleDatabase { Megabytes = 500 * options.Scale }.Create(Path.Combine(_folder, "app.db"));
        string ours = Path.Combine(_folder, "ours");
        string restic = Path.Combine(_folder, "restic");
        string target = Path.Combine(_folder, "target");
        using (var store = new LocalStore(ours))
        {
            ResticRepository.Create(store, Encoding.UTF8.GetBytes(Password), null, default).Dispose();
        }

        Run(ours, session => Store(session, database));
        Environment.SetEnvironmentVariable("RESTIC_PASSWORD", Password);
        string? missing = Peers.IsOnPath("restic") ? null : "restic is not on PATH";
        string[] backUp = ["backup", "-r", restic, "--no-cache", "--force", database];
        if (missing is null)
        {
            Peers.Time("restic", ["init", "-r", restic, "--repository-version", "2"]);
            Peers.Time("restic", backUp);
        }

        void Clean()
        {
            Places.Remove(Directory.Exists(target) ? target : null);
            Directory.CreateDirectory(target);
            Peers.Time("sync", []);
        }

        return
        [
            new Contender("this repository, unchanged, all read", () => Run(ours, session => Store(session, database)), Clean),
            new Contender("this engine, nobody wrote to it", () => BackUp(ours, database), Clean),
            new Contender("restic, unchanged, all read", () => Peers.Time("restic", backUp), Clean) { IsPeer = true, Missing = missing },
            new Contender("this repository, restore", () => Run(ours, session => Restore(session, Path.Combine(target, "app.db"))), Clean),
            new Contender("restic, restore", () => Peers.Time("restic", ["restore", "-r", restic, "--no-cache", "latest", "--target", target]), Clean)
            {
                IsPeer = true,
                Missing = missing,
            },
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Measurement Run(string folder, Action<RepositorySession> work)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using (var store = new LocalStore(folder))
        using (ResticRepository repository = ResticRepository.Open(store, Encoding.UTF8.GetBytes(Password), null, default))
        using (RepositorySession session = repository.OpenSession(default))
        {
            work(session);
        }

        return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }

    // All of it, as the cmdlet does it: open, look whether anybody wrote to the database, store, close.
    private static Measurement BackUp(string folder, string database)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        bool isUnchanged;
        using (var catalog = RepositoryCatalog.Open(
            StoreLocation.Parse($"restic:{folder}"), new StoreSettings(), Encoding.UTF8.GetBytes(Password), new RepositoryOptions(), null, default))
        {
            var request = new BackupRequest { Database = database, Destination = catalog.Location, WriteManifest = true, Catalog = catalog };
            isUnchanged = DatabaseBackup.Run(request, null, default).Unchanged;
        }

        return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds, isUnchanged ? "not read" : "read");
    }

    private static void Store(RepositorySession session, string database)
    {
        using SafeFileHandle file = File.OpenHandle(database);
        session.Store(RepositoryContent.Of(file, database, DateTime.UtcNow), default);
        session.Flush(default);
    }

    private static void Restore(RepositorySession session, string target)
    {
        using SafeFileHandle file = File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite);
        session.Restore(session.Snapshots[0], file, null, default);
    }
}
