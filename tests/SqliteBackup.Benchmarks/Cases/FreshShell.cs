using System.Globalization;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>The first backup, or the first export, of a PowerShell that was just started.</summary>
internal sealed class FreshShell(bool isExport) : IBenchmark
{
    private string? _folder;

    public string Name => isExport ? "fresh shell, export" : "fresh shell";

    public string Description =>
        isExport
            ? "Seconds to write a database of 80 MB times the scale as SQL text, in memory: the first Export-SqliteDatabase of a new PowerShell from its call to its end, and the shell's .dump with its start."
            : "Seconds to copy a database of 400 MB times the scale in memory: the Duration that the first Backup-SqliteDatabase -Verify None of a new PowerShell reports, and the shell's .backup with its start.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: false);
        string database = new SampleDatabase { Megabytes = (isExport ? 80 : 400) * options.Scale }.Create(Path.Combine(_folder, "source.db"));
        string destination = Path.Combine(_folder, "copy.db");
        string duration = Path.Combine(_folder, "duration");
        void Clean() => Peers.Remove(destination);
        Contender Make(string name, string command) => new(
            name,
            () =>
            {
                _ = Peers.TimeModule($"[IO.File]::WriteAllText('{duration}', ({command}).TotalSeconds.ToString([cultureinfo]::InvariantCulture))");
                return new Measurement(double.Parse(File.ReadAllText(duration), CultureInfo.InvariantCulture));
            },
            Clean);
        return isExport
            ?
            [
                Make("first Export-SqliteDatabase", $"Measure-Command {{ Export-SqliteDatabase '{database}' '{destination}' }}"),
                Peers.Program("sqlite3 .dump", "sqlite3", "sh", ["-c", $"sqlite3 '{database}' .dump > '{destination}'"], Clean),
            ]
            :
            [
                Make("first Backup-SqliteDatabase", $"(Backup-SqliteDatabase '{database}' '{destination}' -Verify None).Duration"),
                Peers.Program("sqlite3 .backup", "sqlite3", "sqlite3", [database, $".backup '{destination}'"], Clean),
            ];
    }

    public void Dispose() => Places.Remove(_folder);
}
