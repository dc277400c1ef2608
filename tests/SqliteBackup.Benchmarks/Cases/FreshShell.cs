using System.Globalization;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>The first backup of a PowerShell that was just started.</summary>
internal sealed class FreshShell : IBenchmark
{
    private string? _folder;

    public string Name => "fresh shell";

    public string Description =>
        "Seconds to copy a database of 400 MB times the scale in memory: the Duration that the first Backup-SqliteDatabase -Verify None of a new PowerShell reports, and the shell's .backup with its start.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: false);
        string database = new SampleDatabase { Megabytes = 400 * options.Scale }.Create(Path.Combine(_folder, "source.db"));
        string destination = Path.Combine(_folder, "copy.db");
        string duration = Path.Combine(_folder, "duration");
        void Clean() => Peers.Remove(destination);
        return
        [
            new Contender(
                "first Backup-SqliteDatabase",
                () =>
                {
                    _ = Peers.TimeModule(
                        $"[IO.File]::WriteAllText('{duration}', (Backup-SqliteDatabase '{database}' '{destination}' -Verify None).Duration.TotalSeconds.ToString([cultureinfo]::InvariantCulture))");
                    return new Measurement(double.Parse(File.ReadAllText(duration), CultureInfo.InvariantCulture));
                },
                Clean),
            Peers.Program("sqlite3 .backup", "sqlite3", "sqlite3", [database, $".backup '{destination}'"], Clean),
        ];
    }

    public void Dispose() => Places.Remove(_folder);
}
