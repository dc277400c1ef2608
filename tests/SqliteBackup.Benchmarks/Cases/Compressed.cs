using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SqliteBackup.Backup;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A compressed backup beside the compressor alone on a copy that is there already.</summary>
/// <param name="isText">Whether the database holds words and numbers, as most do, or random bytes that nothing makes smaller.</param>
internal sealed class Compressed(bool isText) : IBenchmark
{
    private string? _folder;

    public string Name => $"compress, {(isText ? "text" : "random")}";

    public string Description =>
        "Seconds of this engine on disk to copy, check, compress, prove what was stored and flush, and of gzip and zstd to compress a finished copy to a file and flush it, all at the levels they have by default. The note has the size of what was stored.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = Path.Combine(_folder, "source.db");
        Fill(database, 512 * options.Scale);
        string destination = Path.Combine(_folder, "copy.db");
        void Clean() => Peers.Remove(destination);
        Contender Ours(BackupCompression compression) => new(
            $"backup, {compression}",
            () =>
            {
                var clock = Stopwatch.StartNew();
                BackupResult result = DatabaseBackup.Run(
                    new BackupRequest { Database = database, Destination = destination, WriteManifest = true, Compression = compression }, null, default);
                return new Measurement(clock.Elapsed.TotalSeconds, Note: $"{result.StoredBytes >> 20} of {result.Bytes >> 20} MB");
            },
            Clean);
        Contender Alone(string name) =>
            Peers.Program($"{name} alone", name, "sh", ["-c", $"{name} -c '{database}' > '{destination}' && sync '{destination}'"], Clean);
        return [Ours(BackupCompression.Zstd), Alone("zstd"), Ours(BackupCompression.Gzip), Alone("gzip")];
    }

    public void Dispose() => Places.Remove(_folder);

    private void Fill(string database, double megabytes)
    {
        if (!isText)
        {
            new SampleDatabase { Megabytes = megabytes }.Create(database);
            return;
        }

        using SqliteConnection connection = SampleDatabase.Open(database);
        SampleDatabase.Execute(connection, "PRAGMA synchronous=OFF; CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, x REAL, s TEXT, u TEXT)");
        SampleDatabase.Execute(
            connection,
            $"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {(long)(megabytes * 11_000)}) INSERT INTO t SELECT i, i % 100, random() / 9e18, printf('customer %d of the branch in %s', random() % 1000000, hex(randomblob(2))), 'lorem ipsum dolor' FROM n");
    }
}
