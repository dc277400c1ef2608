using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SqliteBackup.Repository;
using SqliteBackup.Storage;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A thousand small databases with a hundred generations each in one repository: what listing and pruning them takes.</summary>
internal sealed class RepositoryFleet : IBenchmark
{
    private const string Password = "benchmark";
    private const int ChangedPerRun = 10;

    private string? _folder;

    public string Name => "repository, fleet";

    public string Description =>
        "Seconds for what is done with a repository of 1,000 databases times the scale, 100 generations each, of which ten change a generation: list all, find the newest of each, take one more generation of the fleet, see what a prune would do, and prune after the oldest tenth was forgotten. Objects, bytes and memory are in the note.";

    public string Unit => "s";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string ours = Path.Combine(_folder, "ours");
        string[] databases = [.. Enumerable.Range(0, (int)Math.Max(ChangedPerRun, 1000 * options.Scale)).Select(i => Path.Combine(_folder, $"db{i:0000}.db"))];
        byte[] content = new byte[16 << 10];
        foreach (string database in databases)
        {
            Random.Shared.NextBytes(content.AsSpan(0, 4096));
            File.WriteAllBytes(database, content);
        }

        using (var store = new LocalStore(ours))
        {
            ResticRepository.Create(store, Encoding.UTF8.GetBytes(Password), null, default).Dispose();
        }

        DateTime first = DateTime.UtcNow.AddHours(-100);
        int generations = 0;
        string Generation(RepositorySession session)
        {
            for (int i = 0; i < ChangedPerRun; i++)
            {
                Random.Shared.NextBytes(content.AsSpan(0, 4096));
                File.WriteAllBytes(databases[((generations * ChangedPerRun) + i) % databases.Length], content);
            }

            foreach (string database in databases)
            {
                using SafeFileHandle file = File.OpenHandle(database);
                session.Store(RepositoryContent.Of(file, database, first.AddHours(generations)), default);
            }

            session.Flush(default);
            generations++;
            return $"{session.Snapshots.Count:N0} snapshots";
        }

        string Generations(ResticRepository repository, int count)
        {
            using RepositorySession session = repository.OpenSession(default);
            string said = "";
            for (int i = 0; i < count; i++)
            {
                said = Generation(session);
            }

            return said;
        }

        Run(ours, repository => Generations(repository, 100));

        return
        [
            new Contender("list all", () => Run(ours, repository => $"{repository.List(default).Count:N0} snapshots")),
            new Contender("newest of each", () => Run(ours, repository => $"{repository.List(default).DistinctBy(snapshot => snapshot.Database).Count():N0} databases")),
            new Contender("one more generation", () => Run(ours, repository => Generations(repository, 1))),
            new Contender("prune, only looked", () => Run(ours, repository => $"{RepositoryPruner.Run(repository, new PruneOptions { DryRun = true }, default).PacksBefore:N0} packs")),
            new Contender("prune", () => Run(ours, repository => Say(RepositoryPruner.Run(repository, new PruneOptions(), default))), () => ForgetOldest(ours)),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private static string Say(PruneReport report) => string.Create(
        CultureInfo.InvariantCulture, $"{report.PacksBefore:N0} packs, {report.PacksRemoved:N0} removed, {report.PacksRepacked:N0} written again, {report.BytesFreed / 1e6:0.0} MB freed");

    private static void ForgetOldest(string folder) => Run(folder, repository =>
    {
        using RepositorySession session = repository.OpenSession(default);
        session.Forget(session.Snapshots.TakeLast(session.Snapshots.Count / 10), default);
        return "";
    });

    private static Measurement Run(string folder, Func<ResticRepository, string> work)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan cpu = self.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        string said;
        using (var store = new LocalStore(folder))
        using (ResticRepository repository = ResticRepository.Open(store, Encoding.UTF8.GetBytes(Password), null, default))
        {
            said = work(repository);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)];
        string note = string.Create(
            CultureInfo.InvariantCulture,
            $"{said}, {files.Length:N0} objects, {files.Sum(file => file.Length) / 1e6:0.0} MB, {self.WorkingSet64 / 1e6:0} MB resident");
        return new Measurement(seconds, (self.TotalProcessorTime - cpu).TotalSeconds, note);
    }
}
