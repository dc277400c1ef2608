using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SqliteBackup.Sql;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>SQL text out of a database and into one, beside the sqlite3 shell.</summary>
/// <param name="values">What the table holds: mixed, reals, integers or blobs.</param>
/// <param name="isImport">Into a database, not out of one.</param>
internal sealed class SqlText(string values, bool isImport) : IBenchmark
{
    private static readonly Dictionary<string, (string Columns, string Row, int Rows)> Tables = new()
    {
        ["mixed"] = ("a INT, b INT, x REAL, y REAL, s TEXT, u TEXT", "random(), i % 100, random() / 9e18, round(i / 7.0, 2), printf('it''s row %d, größe ☃, lorem ipsum dolor', i), 'word'", 400_000),
        ["reals"] = ("x REAL, y REAL, z REAL", "random() / 9e18, random() / 9e12, i / 7.0", 500_000),
        ["integers"] = ("a INT, b INT, c INT", "random(), i % 1000, random() >> 34", 700_000),
        ["blobs"] = ("a BLOB", "randomblob(3500)", 15_000),
    };

    private string? _folder;

    public string Name => $"SQL text {(isImport ? "in" : "out")}, {values}";

    public string Description =>
        "Seconds of this engine in a process that has run before, in memory; the shell's include the start of its own process. An import's include the check that it makes by default. Both read the text that the shell wrote.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: false);
        string database = Path.Combine(_folder, "source.db");
        string text = Path.Combine(_folder, "source.sql");
        string work = Path.Combine(_folder, "work");
        Fill(database, options.Scale);
        void Clean()
        {
            Places.Remove(Directory.Exists(work) ? work : null);
            Directory.CreateDirectory(work);
        }

        if (!isImport)
        {
            string written = Path.Combine(work, "copy.sql");
            return
            [
                new Contender("export", () => Time(() => SqlExport.ToFile(new ExportRequest { Database = database }, written, false, null, default)), Clean),
                Peers.Program("sqlite3 .dump", "sqlite3", "sh", ["-c", $"sqlite3 '{database}' .dump > '{written}'"], Clean),
            ];
        }

        if (Peers.IsOnPath("sqlite3"))
        {
            _ = Peers.Time("sh", ["-c", $"sqlite3 '{database}' .dump > '{text}'"]);
        }
        else
        {
            SqlExport.ToFile(new ExportRequest { Database = database }, text, false, null, default);
        }

        string made = Path.Combine(work, "copy.db");
        return
        [
            new Contender("import", () => Time(() => SqlImport.Run(new ImportRequest { Path = text, Destination = made }, null, default)), Clean),
            Peers.Program("sqlite3 < text", "sqlite3", "sh", ["-c", $"sqlite3 '{made}' < '{text}'"], Clean),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private void Fill(string database, double scale)
    {
        (string columns, string row, int rows) = Tables[values];
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, $"PRAGMA synchronous=OFF; CREATE TABLE t(id INTEGER PRIMARY KEY, {columns})");
        SampleDatabase.Execute(
            connection, $"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {(int)(rows * scale)}) INSERT INTO t SELECT i, {row} FROM n");
    }

    private static Measurement Time(Action action)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        action();
        return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }
}
