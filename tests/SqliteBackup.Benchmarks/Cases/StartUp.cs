using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>What it costs to begin.</summary>
internal sealed class StartUp : IBenchmark
{
    private string? _folder;

    public string Name => "start";

    public string Description =>
        "Seconds from the start of a PowerShell process to its end: with a backup, with the import of the module alone, with the import of a module that has nothing in it, and with nothing.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = new SampleDatabase().Create(Path.Combine(_folder, "small.db"));
        string destination = Path.Combine(_folder, "copy.db");
        string empty = Path.Combine(_folder, "Empty.psm1");
        File.WriteAllText(empty, "");
        return
        [
            new Contender("Import-Module and first backup", () => Peers.TimeModule($"$null = Backup-SqliteDatabase '{database}' '{destination}' -Force")),
            new Contender("Import-Module", () => Peers.TimeModule("$null")),
            new Contender("Import-Module of an empty module", () => Peers.TimeShell($"Import-Module '{empty}'")),
            new Contender("nothing", () => Peers.TimeShell("$null")),
        ];
    }

    public void Dispose() => Places.Remove(_folder);
}
