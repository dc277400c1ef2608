using System.Diagnostics;
using System.Globalization;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A source that a second process commits to 100 times a second.</summary>
internal sealed class UnderWriters(string journalMode) : IBenchmark
{
    private const int CommitsPerSecond = 100;

    // A percentile of a writer's commits takes more of them than one short copy lasts for.
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The step loop as its documentation shows it.
    private const string PythonStepped =
        "import sqlite3,sys\na=sqlite3.connect(sys.argv[1]); b=sqlite3.connect(sys.argv[2]); a.backup(b, pages=100, sleep=0.001); b.close()";

    private string? _folder;

    public string Name => $"under {CommitsPerSecond} commits a second, {journalMode}";

    public string Description =>
        $"Seconds to the end of the copy while another process commits {CommitsPerSecond} times a second with a busy timeout of 5 s, files in memory; one copy after another for at least {Watched.TotalSeconds} s, their mean; the note has that process's commit times in milliseconds and its errors. A copy that has not ended after {Patience.TotalSeconds} s is ended there.";

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
            .. copies.Select(item => item with { Run = () => Beside(database, () => Again(item)) }),
            new Contender("calm: this engine, -Verify None", () => Peers.Engine(database, destination, VerifyLevel.None), () => Peers.Remove(destination)),
            new Contender("the writer alone", () => Beside(database, () =>
            {
                Thread.Sleep(Watched);
                return new Measurement(Watched.TotalSeconds);
            })),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Measurement Again(Contender contender)
    {
        var clock = Stopwatch.StartNew();
        var measured = new List<Measurement>();
        while (true)
        {
            Measurement last = contender.Run();
            measured.Add(last);
            if (clock.Elapsed >= Watched || last.Note is "did not end" || last.Failed)
            {
                return last with { Value = measured.Average(item => item.Value), CpuSeconds = measured.Average(item => item.CpuSeconds) };
            }

            contender.Prepare?.Invoke();
        }
    }

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
