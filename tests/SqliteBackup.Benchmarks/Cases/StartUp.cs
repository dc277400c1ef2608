using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>What it costs to begin.</summary>
internal sealed class StartUp : IBenchmark
{
    private string? _folder;

    public string Name => "start";

    public string Description =>
        "Seconds from the start of a process to its end. The tool always imports the module; pwsh's own start with and without it shows what the import costs.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = new SampleDatabase().Create(Path.Combine(_folder, "small.db"));
        string destination = Path.Combine(_folder, "copy.db");
        string module = Path.Combine(Path.GetDirectoryName(Peers.Tool)!, "SqliteBackup");
        string backup = $"$null = Backup-SqliteDatabase '{database}' '{destination}' -Force";
        return
        [
            new Contender("sqlitebackup, first backup", () => Peers.TimeTool(backup)),
            new Contender("sqlitebackup, nothing", () => Peers.TimeTool("$null")),
            Pwsh("pwsh, nothing", "$null"),
            Pwsh("pwsh, Import-Module", $"Import-Module '{module}'"),
            Pwsh("pwsh, Import-Module and first backup", $"Import-Module '{module}'; {backup}"),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Contender Pwsh(string name, string command) =>
        Peers.Program(name, "pwsh", "pwsh", ["-NoProfile", "-NonInteractive", "-Command", command], null);
}
