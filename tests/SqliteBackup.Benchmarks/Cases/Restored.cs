using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Restore;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A restore over a database that is there, beside the backup of it.</summary>
/// <param name="journalMode">The database's.</param>
internal sealed class Restored(string journalMode) : IBenchmark
{
    private string? _folder;

    public string Name => $"restore, {journalMode}";

    public string Description =>
        "Seconds of this engine on disk, final flush included, checks as they are by default. Restoring over a database includes the check of the backup, the safety copy of what is replaced and the journal that a crash would be taken back with.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        var sample = new SampleDatabase { Megabytes = 512 * options.Scale, JournalMode = journalMode };
        string database = sample.Create(Path.Combine(_folder, "live.db"));
        string kept = Path.Combine(_folder, "kept.db");
        DatabaseBackup.Run(new BackupRequest { Database = database, Destination = kept, WriteManifest = true }, null, default);
        string work = Path.Combine(_folder, "work");
        string destination = Path.Combine(work, "copy.db");
        void Clean()
        {
            Places.Remove(Directory.Exists(work) ? work : null);
            Directory.CreateDirectory(work);
        }

        Contender Make(string name, Action action) => new(
            name,
            () =>
            {
                TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
                var clock = Stopwatch.StartNew();
                action();
                return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            },
            Clean);
        var restore = new RestoreRequest { Backup = kept, Database = database, Overwrite = true, SafetyCopyPath = Path.Combine(work, "safety.db") };
        return
        [
            Make("backup with manifest", () => DatabaseBackup.Run(new BackupRequest { Database = database, Destination = destination, WriteManifest = true }, null, default)),
            Make("restore over a database", () => DatabaseRestore.Run(restore, null, default)),
            Make("the same, -NoSafetyCopy", () => DatabaseRestore.Run(restore with { TakeSafetyCopy = false }, null, default)),
            Make("restore to a new file", () => DatabaseRestore.Run(restore with { Database = destination }, null, default)),
            Peers.Program("sqlite3 .restore", "sqlite3", "sqlite3", [database, $".restore '{kept}'"], Clean),
        ];
    }

    public void Dispose() => Places.Remove(_folder);
}
