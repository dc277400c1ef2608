using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A thousand small databases.</summary>
internal sealed class Fleet : IBenchmark
{
    private string? _folder;

    public string Name => "fleet";

    public string Description =>
        "Seconds to back up many databases of 50 KB to 1 MB on disk. The cmdlet is timed as a PowerShell process with its start and the default check; the loop starts sqlite3 once a database and flushes each copy, as the cmdlet does.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string sources = Path.Combine(_folder, "sources");
        int count = (int)(1000 * options.Scale);
        for (int i = 0; i < count; i++)
        {
            new SampleDatabase { Megabytes = 0.04 + (0.96 * (i % 20) / 20) }.Create(Path.Combine(sources, $"db{i:0000}.db"));
        }

        // A folder for each run, removed at the end: ext4 without a journal makes files slowly for seconds after others were deleted, which
        // would be charged to whoever makes the most.
        string destination = "";
        int runs = 0;
        void Clean() => destination = Directory.CreateDirectory(Path.Combine(_folder, $"out{++runs}")).FullName;

        string pattern = Path.Combine(sources, "*.db");
        Contender Cmdlet(int limit, string more = "") => new(
            $"Backup-SqliteDatabase -ThrottleLimit {limit}{more}",
            () =>
            {
                Measurement measurement = Peers.TimeModule($"$null = Backup-SqliteDatabase '{pattern}' '{destination}/' -ThrottleLimit {limit}{more}");
                int made = Directory.GetFiles(destination, "*.db").Length;
                return made == count ? measurement : throw new InvalidOperationException($"{made} backups of {count} databases.");
            },
            Clean);
        return
        [
            Cmdlet(1),
            Cmdlet(2),
            Cmdlet(4),
            Cmdlet(2, " -Verify None"),
            new Contender(
                "shell loop over sqlite3 .backup",
                () => Peers.Time("sh", ["-c", $"for f in '{sources}'/*.db; do b='{destination}'/$(basename $f); sqlite3 $f \".backup '$b'\" && sync $b; done"]),
                Clean)
            {
                IsPeer = true,
                Missing = Peers.IsOnPath("sqlite3") ? null : "sqlite3 is not on PATH",
            },
        ];
    }

    public void Dispose() => Places.Remove(_folder);
}
