using System.Diagnostics;
using System.Globalization;
using SqliteBackup.Catalog;
using SqliteBackup.Storage;
using SqliteBackup.Testing;
using SqliteBackup.Testing.Servers;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>Ten thousand backups in a store: what it takes to list them.</summary>
internal sealed class StoreListing(string scheme) : IBenchmark
{
    private const string CacheVariable = "XDG_CACHE_HOME";

    // Of one database each: a name for every hour of a week, and so on.
    private const int BackupsPerDatabase = 168;

    private readonly List<IDisposable> _ended = [];
    private string? _folder;

    public string Name => $"stores, list, {scheme}";

    public string Description =>
        $"Seconds to list 10,000 backups times the scale with their manifests, of which each has about a kilobyte, in {(scheme == "S3" ? "Ceph's radosgw (a store in memory)" : "OpenSSH's sshd (files on disk)")} on loopback. The catalog is timed in a process that runs already, with what was asked of the store, what it allocated and what the list itself holds; the cmdlet as a PowerShell process with its start. rclone lists alone, and copies all manifests into an empty folder, eight at a time.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        int count = (int)(10_000 * options.Scale);
        _folder = Places.Make(onDisk: true);
        StoreTarget target;
        try
        {
            target = scheme == "S3" ? StoreTarget.OfRados(_folder, 2L << 30) : StoreTarget.OfSsh(_folder);
        }
        catch (MissingProgramException exception)
        {
            return [new Contender("this catalog", () => throw exception) { Missing = exception.Message }];
        }

        _ended.Add(target);
        IBackupStore store = target.Open();
        _ended.Add(store);
        Fill(store, target.Folder, count);
        string filled = Path.Combine(_folder, "cache");
        string empty = Path.Combine(_folder, "empty");
        string manifests = Path.Combine(_folder, "manifests");
        void Empty(string folder) => Places.Remove(Directory.Exists(folder) ? folder : null);
        void Cache(string folder) => Environment.SetEnvironmentVariable(CacheVariable, folder);
        void CacheNothing()
        {
            Empty(empty);
            Cache(empty);
        }

        double idle = MeasuredShell.Run("$null = Get-Command Get-SqliteBackup").PeakMegabytes;
        Contender Rclone(string name, Action? prepare, params string[] arguments) =>
            Peers.Program(name, "rclone", "env", ["-u", "AWS_CA_BUNDLE", "rclone", arguments[0], "--config", target.RcloneConfig, .. arguments[1..]], prepare);
        return
        [
            new Contender("this catalog, all cached", () => List(store, target.Location, count), () => Cache(filled)),
            new Contender("this catalog, nothing cached", () => List(store, target.Location, count), CacheNothing),
            new Contender("Get-SqliteBackup, nothing cached", () => Cmdlet(target, count, idle), CacheNothing),
            Rclone("rclone lsf", null, "lsf", target.RcloneRemote),
            Rclone("rclone copy of the manifests", () => Empty(manifests), "copy", "--include", "*.json", "--ignore-checksum", "--transfers", "8", target.RcloneRemote, manifests),
        ];
    }

    public void Dispose()
    {
        foreach (IDisposable item in Enumerable.Reverse(_ended))
        {
            item.Dispose();
        }

        Environment.SetEnvironmentVariable(CacheVariable, null);
        Places.Remove(_folder);
    }

    private static Measurement List(IBackupStore store, string location, int count)
    {
        using var requests = new HttpRequestCount();
        using var counting = new CountingStore(store);
        using var catalog = new StoreCatalog(counting);
        GC.Collect();
        long held = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        IReadOnlyList<CatalogEntry> entries = catalog.ListFolder(location, recurse: false, default);
        double seconds = clock.Elapsed.TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        held = GC.GetTotalMemory(forceFullCollection: true) - held;
        if (entries.Count != count || entries.Any(entry => entry.ManifestState != ManifestState.Present))
        {
            throw new InvalidOperationException($"{entries.Count:N0} of {count:N0} backups were listed.");
        }

        string http = requests.Value > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({requests.Value:N0} requests over HTTP)") : "";
        return new Measurement(seconds, cpu.TotalSeconds, string.Create(
            CultureInfo.InvariantCulture,
            $"{counting.Listings:N0} listing and {counting.Reads:N0} reads{http}, {allocated / 1e6:0} MB allocated, {held / 1e6:0} MB held"));
    }

    private static Measurement Cmdlet(StoreTarget target, int count, double idle)
    {
        (double seconds, double peak) = MeasuredShell.Run(
            $"$all = @(Get-SqliteBackup '{target.Location}' -StoreOption {target.StoreOption}); if ($all.Count -ne {count}) {{ throw $all.Count }}");
        return new Measurement(seconds, null, string.Create(CultureInfo.InvariantCulture, $"peak {peak - idle:0} MB over the idle host's {idle:0}"));
    }

    // One small backup under all names.
    private void Fill(IBackupStore store, string? folder, int count)
    {
        string database = new SampleDatabase { Megabytes = 0 }.Create(Path.Combine(_folder!, "app.db"));
        string backup = Path.Combine(_folder!, "local", "app.db");
        Peers.TimeModule($"$null = Backup-SqliteDatabase '{database}' '{backup}'");
        byte[] content = File.ReadAllBytes(backup);
        byte[] manifest = File.ReadAllBytes(backup + BackupManifest.FileSuffix);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            string name = $"app{i / BackupsPerDatabase:0000}-{i % BackupsPerDatabase:000}.db";
            if (folder is not null)
            {
                // As fast as can be: to a server of files it is the same.
                File.WriteAllBytes(Path.Combine(folder, name), content);
                File.WriteAllBytes(Path.Combine(folder, name + BackupManifest.FileSuffix), manifest);
                return;
            }

            store.Put(name, StoreContent.FromMemory(content), PutMode.Replace, default);
            store.Put(name + BackupManifest.FileSuffix, StoreContent.FromMemory(manifest), PutMode.Replace, default);
        });
    }
}
