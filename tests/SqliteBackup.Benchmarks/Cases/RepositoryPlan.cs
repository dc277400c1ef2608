using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Repository;
using SqliteBackup.Storage;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>
/// What a year of hourly backups of many databases would cost on a store that takes 20 ms a request: measured small with such a store, and
/// multiplied.
/// </summary>
internal sealed class RepositoryPlan : IBenchmark
{
    private const string Password = "benchmark";
    private const int Hosts = 10;
    private const int DatabasesPerHost = 1000;

    // 24 hourly, 7 daily, 5 weekly and 12 monthly backups of each database, less the four that count twice.
    private const int Kept = 44;

    // Files that a store lists in one answer.
    private const int PageSize = 1000;

    private const int Changed = 10;

    private static readonly TimeSpan _latency = TimeSpan.FromMilliseconds(20);

    private string? _folder;

    public string Name => "repository, plan";

    public string Description =>
        "Seconds by calculation: 10,000 databases on 10 hosts, hourly for a year, 44 backups of each kept (24 hours, 7 days, 5 weeks, 12 months), 1 % changed an hour, 20 ms a request. "
        + "A few databases and generations are measured with this engine on a store that is as slow, and multiplied. A snapshot a run has a folder for each database in one tree.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        int databases = (int)Math.Max(2 * Changed, 200 * options.Scale);
        var sample = new Sample(_folder, databases, Math.Max(2, (int)(Kept * options.Scale)));
        sample.Fill();
        double perSnapshot = sample.Cost(repository => repository.List(default).Count, out int listed, cached: false) / listed;
        double perCached = sample.Cost(repository => repository.List(default).Count, out _, cached: true) / listed;
        double perPruned = sample.Cost(repository => (int)RepositoryPruner.Run(repository, new PruneOptions { DryRun = true }, default).PacksBefore, out _, cached: true) / listed;
        double perUnchanged = sample.CostOfUnchanged() / databases;
        IEnumerable<Contender> Of(string name, int count)
        {
            long backups = (long)count * Kept;
            double pages = Math.Ceiling((double)backups / PageSize) * _latency.TotalSeconds;
            double list = pages + (perCached * backups);
            yield return Row($"list, {name}", list, $"{backups:N0} snapshots, {backups / PageSize:N0} requests");
            yield return Row($"list, {name}, nothing cached", pages + (perSnapshot * backups), $"{backups + (backups / PageSize):N0} requests");
            yield return Row(
                $"an hour's run of a host, {name}",
                list + (perUnchanged * DatabasesPerHost),
                $"the list, {DatabasesPerHost:N0} snapshots and as many removals; with -SkipUnchanged little more than the list");
            yield return Row($"prune, {name}, only looked", pages + (perPruned * backups), "what is read; packs to write and to remove come on top");
        }

        long runs = (long)Hosts * Kept;
        return
        [
            .. Of("a repository a host", DatabasesPerHost),
            .. Of("one repository for all", Hosts * DatabasesPerHost),
            Row(
                "list, a snapshot a run, one repository for all, nothing cached",
                perSnapshot * 2 * runs,
                $"{2 * runs:N0} requests, a snapshot and a tree each; but a database's backup can't be removed, kept or tested by itself"),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Contender Row(string name, double seconds, string note) => new(name, () => new Measurement(seconds, null, note));

    /// <summary>A few databases of a host, and their backups in a repository whose store is slow.</summary>
    private sealed class Sample(string folder, int databases, int generations)
    {
        private readonly string[] _files = [.. Enumerable.Range(0, databases).Select(i => Path.Combine(folder, $"db{i:0000}.db"))];
        private readonly string _repository = Path.Combine(folder, "repository");
        private readonly string _cache = Path.Combine(folder, "cache");
        private readonly DateTime _first = DateTime.UtcNow.AddDays(-1);
        private bool _isSlow;

        public void Fill()
        {
            byte[] content = new byte[16 << 10];
            using (var local = new LocalStore(_repository))
            {
                ResticRepository.Create(local, Encoding.UTF8.GetBytes(Password), null, default).Dispose();
            }

            Run(
                repository =>
                {
                    using RepositorySession session = repository.OpenSession(default);
                    for (int generation = 0; generation < generations; generation++)
                    {
                        for (int i = 0; i < databases; i++)
                        {
                            if (generation == 0 || (i + generation) % (databases / Changed) == 0)
                            {
                                Random.Shared.NextBytes(content.AsSpan(0, 4096));
                                File.WriteAllBytes(_files[i], content);
                            }

                            using SafeFileHandle file = File.OpenHandle(_files[i]);
                            session.Store(RepositoryContent.Of(file, _files[i], _first.AddHours(generation)), default);
                        }

                        session.Flush(default);
                    }

                    return 0;
                },
                cached: false);
        }

        /// <summary>Seconds, with the store slow.</summary>
        public double Cost(Func<ResticRepository, int> work, out int result, bool cached)
        {
            int got = 0;
            if (cached)
            {
                // Fills the cache.
                Run(work, cached);
            }

            double seconds = 0;
            Run(
                repository =>
                {
                    _isSlow = true;
                    var clock = Stopwatch.StartNew();
                    got = work(repository);
                    seconds = clock.Elapsed.TotalSeconds;
                    _isSlow = false;
                    return got;
                },
                cached);
            result = got;
            return seconds;
        }

        /// <summary>Seconds for a backup of each database as it is, and for the removal of an old one of each.</summary>
        public double CostOfUnchanged() => Cost(
            repository =>
            {
                using RepositorySession session = repository.OpenSession(default);
                RepositorySnapshot[] old = [.. session.Snapshots.TakeLast(databases)];
                foreach (string file in _files)
                {
                    RepositorySnapshot newest = session.Newest("host", file)!;
                    session.StoreUnchanged(newest, _first.AddDays(1), newest.Manifest!, [], default);
                }

                session.Forget(old, default);
                return old.Length;
            },
            out _,
            cached: true);

        private void Run(Func<ResticRepository, int> work, bool cached)
        {
            using var local = new LocalStore(_repository);
            using var store = new WatchedStore(local, (_, _) =>
            {
                if (_isSlow)
                {
                    Thread.Sleep(_latency);
                }
            });
            var options = new RepositoryOptions { CacheFolder = cached ? _cache : null };
            using ResticRepository repository = ResticRepository.Open(store, Encoding.UTF8.GetBytes(Password), options, default);
            work(repository);
        }
    }
}
