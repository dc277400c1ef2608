using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Repository;
using SqliteBackup.Storage;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>What one more generation of a database costs in a repository, by the way in which it changes.</summary>
internal sealed class RepositoryGenerations(string pattern) : IBenchmark
{
    private const string Password = "benchmark";

    private string? _folder;
    private long _rows;

    public string Name => $"repository, {pattern}";

    public string Description =>
        $"MB that a generation adds to a repository on disk, index and lists included; between two generations 1 % of the rows are updated and 1 % inserted ({Explain(pattern)}). "
        + "All store the same file, which nobody writes to meanwhile: ours opens the repository, stores and closes it; the others are timed as programs. Wall and processor seconds are in the note.";

    public string Unit => "MB";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = Path.Combine(_folder, "app.db");
        _rows = (long)(1_000_000 * options.Scale);
        Create(database);
        string ours = Path.Combine(_folder, "ours");
        string restic = Path.Combine(_folder, "restic");
        string borg = Path.Combine(_folder, "borg");
        using (var store = new LocalStore(ours))
        {
            ResticRepository.Create(store, Encoding.UTF8.GetBytes(Password), null, default).Dispose();
        }

        Environment.SetEnvironmentVariable("RESTIC_PASSWORD", Password);
        Environment.SetEnvironmentVariable("BORG_PASSPHRASE", Password);
        string? noRestic = Peers.IsOnPath("restic") ? null : "restic is not on PATH";
        string? noBorg = Peers.IsOnPath("borg") ? null : "borg is not on PATH";
        if (noRestic is null)
        {
            Peers.Time("restic", ["init", "-r", restic, "--repository-version", "2"]);
        }

        if (noBorg is null)
        {
            Peers.Time("borg", ["init", "-e", "repokey-blake2", borg]);
        }

        int archive = 0;
        return
        [
            new Contender("this repository", () => Growth(ours, () => Store(ours, database)), () => Change(database)),
            new Contender("restic", () => Growth(restic, () => Peers.Time("restic", ["backup", "-r", restic, "--no-cache", database])))
            {
                IsPeer = true,
                Missing = noRestic,
            },
            new Contender("borg", () => Growth(borg, () => Peers.Time("borg", ["create", "-C", "zstd,3", $"{borg}::{archive++}", database])))
            {
                IsPeer = true,
                Missing = noBorg,
            },
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static string Explain(string pattern) => pattern switch
    {
        "uniform" => "anywhere, with two random indexes",
        "hot" => "90 % of the updates in the newest 5 % of the rows, with two random indexes",
        "vacuumed" => "90 % of the updates in the newest 5 % of the rows, with two random indexes, and a VACUUM after that",
        _ => "90 % of the updates in the newest 5 % of the rows, with an index by time only",
    };

    private static Measurement Growth(string folder, Func<Measurement> store)
    {
        long before = Size(folder);
        double childrenBefore = ChildrenCpu();
        Measurement stored = store();
        if (stored.Failed)
        {
            return stored;
        }

        double cpu = stored.CpuSeconds ?? ChildrenCpu() - childrenBefore;
        return new Measurement(
            (Size(folder) - before) / 1e6, cpu, string.Create(CultureInfo.InvariantCulture, $"{stored.Value:0.00} s, {cpu:0.00} s of processor"));
    }

    private static Measurement Store(string folder, string database)
    {
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using (var store = new LocalStore(folder))
        using (ResticRepository repository = ResticRepository.Open(store, Encoding.UTF8.GetBytes(Password), null, default))
        using (RepositorySession session = repository.OpenSession(default))
        using (SafeFileHandle file = File.OpenHandle(database))
        {
            session.Store(RepositoryContent.Of(file, database, DateTime.UtcNow), default);
            session.Flush(default);
        }

        return new Measurement(clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }

    private static long Size(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;

    // Processor time of ended children, in clock ticks of a hundredth: fields 16 and 17 (man 5 proc).
    private static double ChildrenCpu()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        string status = File.ReadAllText("/proc/self/stat");
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / 100.0;
    }

    private void Create(string database)
    {
        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, "PRAGMA page_size=4096; PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF");
        SampleDatabase.Execute(
            connection,
            "BEGIN; CREATE TABLE event(id INTEGER PRIMARY KEY, at INTEGER, name TEXT, mail TEXT, body TEXT); CREATE INDEX by_at ON event(at)");
        if (pattern != "append")
        {
            SampleDatabase.Execute(connection, "CREATE INDEX by_name ON event(name); CREATE INDEX by_mail ON event(mail)");
        }

        Insert(connection, _rows);
        SampleDatabase.Execute(connection, "COMMIT");
    }

    // Text that compresses as text does: half of it is random digits.
    private static void Insert(SqliteConnection connection, long rows) => SampleDatabase.Execute(
        connection,
        "INSERT INTO event(at, name, mail, body) "
        + $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
        + "SELECT unixepoch() + i, lower(hex(randomblob(10))), lower(hex(randomblob(12))) || '@example.com', "
        + "'status=ok; request=' || hex(randomblob(60)) || '; message=the quick brown fox jumps over the lazy dog' FROM n");

    private void Change(string database)
    {
        using SqliteConnection connection = SampleDatabase.Open(database);
        string where = pattern == "uniform"
            ? "abs(random()) % 100 = 0"
            : "(id > (SELECT max(id) * 0.95 FROM event) AND abs(random()) % 100 < 18) OR abs(random()) % 1000 = 0";
        SampleDatabase.Execute(connection, "PRAGMA synchronous=OFF; BEGIN");
        SampleDatabase.Execute(connection, $"UPDATE event SET body = 'status=changed; request=' || hex(randomblob(60)) || substr(body, 140) WHERE {where}");
        Insert(connection, Math.Max(1, _rows / 100));
        SampleDatabase.Execute(connection, pattern == "vacuumed" ? "COMMIT; VACUUM" : "COMMIT");
    }
}
