using System.Diagnostics;
using System.Globalization;
using System.Text;
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

    public string Name => $"repository, {pattern}";

    public string Description =>
        $"MB that a generation adds to a repository on disk, index and lists included; between two generations 1 % of the rows are updated and 1 % inserted ({ChangingDatabase.Explain(pattern)}). "
        + "All store the same file, which nobody writes to meanwhile: ours opens the repository, stores and closes it; the others are timed as programs. The note has the median seconds of a generation, by the clock and of the processor.";

    public string Unit => "MB";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string database = Path.Combine(_folder, "app.db");
        var changing = new ChangingDatabase(database, pattern, options.Scale);
        changing.Create();
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
        var ourTimes = new Times();
        var resticTimes = new Times();
        var borgTimes = new Times();
        return
        [
            new Contender("this repository", () => Growth(ours, ourTimes, () => Store(ours, database)), changing.Change),
            new Contender("restic", () => Growth(restic, resticTimes, () => Peers.Time("restic", ["backup", "-r", restic, "--no-cache", database])))
            {
                IsPeer = true,
                Missing = noRestic,
            },
            new Contender("borg", () => Growth(borg, borgTimes, () => Peers.Time("borg", ["create", "-C", "zstd,3", $"{borg}::{archive++}", database])))
            {
                IsPeer = true,
                Missing = noBorg,
            },
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static Measurement Growth(string folder, Times times, Func<Measurement> store)
    {
        long before = Size(folder);
        double childrenBefore = ChildrenCpu();
        Measurement stored = store();
        if (stored.Failed)
        {
            return stored;
        }

        double cpu = stored.CpuSeconds ?? ChildrenCpu() - childrenBefore;
        return new Measurement((Size(folder) - before) / 1e6, cpu, times.Add(stored.Value, cpu));
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

    /// <summary>How long generations took, but for the first backup, which stores everything.</summary>
    private sealed class Times
    {
        private readonly List<(double Wall, double Cpu)> _all = [];
        private bool _hasBegun;

        /// <summary>Adds one.</summary>
        /// <returns>The medians of all.</returns>
        public string Add(double wall, double cpu)
        {
            if (_hasBegun)
            {
                _all.Add((wall, cpu));
            }

            _hasBegun = true;
            return _all.Count == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $"{Median(_all.Select(item => item.Wall)):0.00} s, {Median(_all.Select(item => item.Cpu)):0.00} s of processor");
        }

        private static double Median(IEnumerable<double> values)
        {
            double[] sorted = [.. values.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }
}
