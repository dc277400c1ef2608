using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Catalog;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A night in which nobody wrote to anything.</summary>
internal sealed class IdleDatabases : IBenchmark
{
    private const int FullCount = 10_000;

    private string? _folder;
    private int _run;

    public string Name => "idle";

    public string Description =>
        $"Seconds for {FullCount} databases of 50 KB times the scale, on disk and one after the other: backed up, and skipped by -SkipUnchanged as nobody wrote to them since.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string template = new SampleDatabase { Megabytes = 0.05 }.Create(Path.Combine(_folder, "template.db"));
        Directory.CreateDirectory(Path.Combine(_folder, "in"));
        string[] databases = [.. Enumerable.Range(0, Math.Max(10, (int)(FullCount * options.Scale))).Select(number => Path.Combine(_folder, "in", $"{number}.db"))];
        foreach (string database in databases)
        {
            File.Copy(template, database);
        }

        _ = RunAll(databases, isIdle: false);
        return
        [
            new("backup, -SkipUnchanged", () => RunAll(databases, isIdle: true), () => { }),
            new("backup", () => RunAll(databases, isIdle: false), () => { }),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private Measurement RunAll(string[] databases, bool isIdle)
    {
        string run = $"{++_run}";
        long memory = Environment.WorkingSet;
        using var catalog = new FolderCatalog();
        var clock = Stopwatch.StartNew();
        foreach (string database in databases)
        {
            var request = new BackupRequest
            {
                Database = database,
                Destination = Path.Combine(_folder!, "out", $"{Path.GetFileName(database)}-{run}"),
                WriteManifest = true,
                SkipUnchanged = isIdle,
                Catalog = catalog,
            };
            if (DatabaseBackup.Run(request, null, default).Unchanged != isIdle)
            {
                throw new InvalidOperationException($"'{database}' was {(isIdle ? "backed up" : "skipped")}.");
            }
        }

        return new Measurement(clock.Elapsed.TotalSeconds, Note: $"{databases.Length / clock.Elapsed.TotalSeconds:0} databases a second, {(Environment.WorkingSet - memory) >> 20} MB more than before");
    }
}
