using System.Globalization;
using SqliteBackup.Engine;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A source that a second process commits to 100 times a second.</summary>
internal sealed class UnderWriters(string journalMode) : IBenchmark
{
    private const int CommitsPerSecond = 100;
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The step loop as its documentation shows it.
    private const string PythonStepped =
        "import sqlite3,sys\na=sqlite3.connect(sys.argv[1]); b=sqlite3.connect(sys.argv[2]); a.backup(b, pages=100, sleep=0.001); b.close()";

    private string? _folder;

    public string Name => $"under {CommitsPerSecond} commits a second, {journalMode}";

    public string Description =>
        $"Seconds to the end of the copy while another process commits {CommitsPerSecond} times a second with a busy timeout of 5 s, files in memory; the note has that process's commit times in milliseconds and its errors. A copy that has not ended after {Patience.TotalSeconds} s is ended there.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: false);
        string database = new SampleDatabase { JournalMode = journalMode, Megabytes = 400 * options.Scale }.Create(Path.Combine(_folder, "source.db"));
        string destination = Path.Combine(_folder, "copy.db");
        IEnumerable<Contender> copies = Peers.All(database, destination, flush: false, Patience)
            .Where(item => item.Name != "cp")
            .Append(Peers.Program(
                "Python Connection.backup, 100 pages a step",
                "python3",
                "python3",
                ["-c", PythonStepped, database, destination],
                () => Peers.Remove(destination),
                Patience));
        return
        [
            .. copies.Select(item => item with { Run = () => Beside(database, item.Run) }),
            new Contender("calm: this engine, -Verify None", () => Peers.Engine(database, destination, VerifyLevel.None), () => Peers.Remove(destination)),
            new Contender("the writer alone", () => Beside(database, () =>
            {
                Thread.Sleep(Alone);
                return new Measurement(Alone.TotalSeconds);
            })),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Measurement Beside(string database, Func<Measurement> run)
    {
        using WriterProcess writer = WriterProcess.Start(database, rate: CommitsPerSecond);
        Measurement measurement = run();
        WriterReport report = writer.Stop();
        string times = string.Create(
            CultureInfo.InvariantCulture,
            $"writer: median {report.MedianMilliseconds:0.0}, p99 {report.P99Milliseconds:0.0}, max {report.MaxMilliseconds:0.0} ms, {report.Errors} errors");
        return measurement with { Note = measurement.Note is null ? times : $"{measurement.Note}; {times}" };
    }
}
