using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Registry;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>What progress and the registry cost a copy.</summary>
internal sealed class Watched : IBenchmark
{
    private string? _folder;

    public string Name => "being watched";

    public string Description =>
        "Seconds for the engine to copy in memory: with its entry in the registry of running backups and an observer, and with neither.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: false);
        string database = new SampleDatabase { Megabytes = 1024 * options.Scale }.Create(Path.Combine(_folder, "source.db"));
        string destination = Path.Combine(_folder, "copy.db");
        var request = new BackupRequest { Database = database, Destination = destination, Verify = VerifyLevel.None };
        void Clean() => File.Delete(destination);
        return
        [
            new Contender("watched", () => Time(() =>
            {
                RegistryEntry entry = BackupRegistry.Current.Post(request.Database, request.Destination);
                DatabaseBackup.Run(request, entry, default);
                entry.End(BackupState.Completed);
            }), Clean),
            new Contender("not watched", () => Time(() => DatabaseBackup.Run(request, null, default)), Clean),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Measurement Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return new Measurement(clock.Elapsed.TotalSeconds);
    }
}
