using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A calm source of 1 GB.</summary>
internal sealed class CopySpeed(int pageSize, bool onDisk) : IBenchmark
{
    private string? _folder;

    public string Name => $"copy, {pageSize / 1024} KiB pages, {(onDisk ? "disk" : "memory")}";

    public string Description =>
        onDisk
            ? "Seconds to copy a database that nobody writes to, both files on disk, the source in the page cache, the final flush of the copy included for all. Programs of their own are timed with their start."
            : "Seconds to copy a database that nobody writes to, both files in memory-backed files. Programs of their own are timed with their start.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk);
        string database = new SampleDatabase { PageSize = pageSize, Megabytes = 1024 * options.Scale }.Create(Path.Combine(_folder, "source.db"));
        return Peers.All(database, Path.Combine(_folder, "copy.db"), flush: onDisk);
    }

    public void Dispose() => Places.Remove(_folder);
}
