using System.Globalization;
using Microsoft.Data.Sqlite;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A database that no memory holds, while somebody writes to it.</summary>
internal sealed class Large : IBenchmark
{
    private const int CommitsPerSecond = 100;

    private string? _folder;

    public string Name => "large";

    public string Description =>
        $"Seconds a GB to back up WAL databases of 20 GB and of 1 GB times the scale on disk, checked and flushed, while another process commits {CommitsPerSecond} times a second: the Duration that Backup-SqliteDatabase reports, in a PowerShell of its own whose peak memory is in the note. A program is timed with its start and a flush.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        (string large, double largeGigabytes) = Make("large.db", 20 * options.Scale);
        (string small, double smallGigabytes) = Make("small.db", options.Scale);
        string destination = Path.Combine(_folder, "copy.db");
        string duration = Path.Combine(_folder, "duration");
        void Clean() => Peers.Remove(destination);
        Contender Backup(string name, string database, double gigabytes) => new(
            name,
            () =>
            {
                using WriterProcess writer = WriterProcess.Start(database, rate: CommitsPerSecond);
                double peak = MeasuredShell.Run(
                    $"[IO.File]::WriteAllText('{duration}', (Backup-SqliteDatabase '{database}' '{destination}').Duration.TotalSeconds.ToString([cultureinfo]::InvariantCulture))").PeakMegabytes;
                double seconds = double.Parse(File.ReadAllText(duration), CultureInfo.InvariantCulture);
                return new Measurement(seconds / gigabytes, Note: string.Create(CultureInfo.InvariantCulture, $"{gigabytes:0.00} GB, peak {peak:0} MB, writer's longest commit {writer.Stop().MaxMilliseconds:0} ms"));
            },
            Clean);
        Contender vacuum = Peers.Program("sqlite3 VACUUM INTO, 20 GB", "sqlite3", "sh", ["-c", $"sqlite3 '{large}' \"VACUUM INTO '{destination}'\" && sync '{destination}'"], Clean);
        return
        [
            Backup("backup, 20 GB", large, largeGigabytes),
            Backup("backup, 1 GB", small, smallGigabytes),
            vacuum with
            {
                Run = () =>
                {
                    using WriterProcess writer = WriterProcess.Start(large, rate: CommitsPerSecond);
                    Measurement whole = vacuum.Run();
                    return whole with { Value = whole.Value / largeGigabytes };
                },
            },
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    // Filled before it is put into WAL mode: all of it would be written twice otherwise.
    private (string Path, double Gigabytes) Make(string name, double gigabytes)
    {
        string path = new SampleDatabase { Megabytes = 1024 * gigabytes }.Create(Path.Combine(_folder!, name));
        using SqliteConnection connection = SampleDatabase.Open(path);
        SampleDatabase.Execute(connection, "PRAGMA journal_mode=wal");
        return (path, new FileInfo(path).Length / 1e9);
    }
}
