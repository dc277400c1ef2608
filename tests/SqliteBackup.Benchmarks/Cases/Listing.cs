using System.Diagnostics;
using SqliteBackup.Backup;
using SqliteBackup.Restore;
using SqliteBackup.Sql;
using SqliteBackup.Testing;
using SqliteBackup.Verify;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>What the features that move bytes cost, beside the plain backup.</summary>
internal sealed class Listing : IBenchmark
{
    private string? _folder;

    public string Name => "catalog";

    public string Description =>
        "Seconds of this engine on disk, final flush included, checks as they are by default. Restoring includes the check of the backup and the safety copy of the database that is replaced; skipping is of a database that nobody wrote to since its last backup. gzip and zstd compress the finished copy to a file and flush it, at the levels they have by default; the data is random, so nothing becomes smaller.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = new SampleDatabase { Megabytes = 512 * options.Scale }.Create(Path.Combine(_folder, "source.db"));
        string kept = Backup(database, Path.Combine(_folder, "kept", "source.db"));
        string target = Backup(database, Path.Combine(_folder, "target", "live.db"));
        string sql = Path.Combine(_folder, "source.sql");
        var export = new ExportRequest { Database = database };
        SqlExport.ToFile(export, sql, overwrite: true, null, default);
        string work = Path.Combine(_folder, "work");
        string destination = Path.Combine(work, "copy.db");
        void Clean()
        {
            Places.Remove(Directory.Exists(work) ? work : null);
            Directory.CreateDirectory(work);
        }

        var request = new BackupRequest { Database = database, Destination = destination, WriteManifest = true };
        Contender Make(string name, Action action) => new(name, () => Time(action), Clean);
        Contender Program(string name) => Peers.Program(
            $"{name} alone", name, "sh", ["-c", $"{name} -c '{kept}' > '{destination}' && sync '{destination}'"], Clean);
        return
        [
            Make("backup with manifest", () => DatabaseBackup.Run(request, null, default)),
            Make("backup, gzip", () => DatabaseBackup.Run(request with { Compression = BackupCompression.Gzip }, null, default)),
            Make("backup, zstd", () => DatabaseBackup.Run(request with { Compression = BackupCompression.Zstd }, null, default)),
            Program("gzip"),
            Program("zstd"),
            Make("backup, -Compact", () => DatabaseBackup.Run(request with { Compact = true }, null, default)),
            Make("backup, -SkipUnchanged", () => Skip(request with { Destination = Path.Combine(Path.GetDirectoryName(kept)!, "again.db"), SkipUnchanged = true })),
            Make("test", () => Test(kept)),
            Make("restore", () => DatabaseRestore.Run(
                new RestoreRequest { Backup = kept, Database = target, Overwrite = true, SafetyCopyPath = Path.Combine(work, "safety.db") }, null, default)),
            Make("export", () => SqlExport.ToFile(export, Path.Combine(work, "copy.sql"), overwrite: false, null, default)),
            Make("import", () => SqlImport.Run(new ImportRequest { Path = sql, Destination = destination }, null, default)),
            Peers.Program("sqlite3 .dump", "sqlite3", "sh", ["-c", $"sqlite3 '{database}' .dump > '{destination}' && sync '{destination}'"], Clean),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static string Backup(string database, string destination)
    {
        DatabaseBackup.Run(new BackupRequest { Database = database, Destination = destination, WriteManifest = true }, null, default);
        return destination;
    }

    // What is not skipped is no answer to the question.
    private static void Skip(BackupRequest request)
    {
        if (!DatabaseBackup.Run(request, null, default).Unchanged)
        {
            throw new InvalidOperationException("An unchanged database was backed up again.");
        }
    }

    private static void Test(string backup)
    {
        BackupTestResult result = BackupTest.Run(new BackupTestRequest { Path = backup }, default);
        if (result.Status != BackupTestStatus.Ok)
        {
            throw new InvalidOperationException($"The backup did not pass its test: {string.Join("; ", result.Findings)}.");
        }
    }

    private static Measurement Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return new Measurement(clock.Elapsed.TotalSeconds);
    }
}
