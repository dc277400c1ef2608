using SqliteBackup.Benchmarks;
using SqliteBackup.Benchmarks.Cases;

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception exception) when (exception is ArgumentException or FormatException)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(Options.Usage);
    return 64;
}

IBenchmark[] all =
[
    new CopySpeed(4096, onDisk: false),
    new CopySpeed(65536, onDisk: false),
    new CopySpeed(4096, onDisk: true),
    new CopySpeed(65536, onDisk: true),
    new UnderWriters("wal"),
    new UnderWriters("delete"),
    new Fleet(),
    new PeakMemory(),
    new StartUp(),
    new Watched(),
    new FreshShell(isExport: false),
    new FreshShell(isExport: true),
    new Large(),
    new Soak(),
    new Listing(),
    new Compressed(isText: false),
    new Compressed(isText: true),
    new Restored("delete"),
    new Restored("wal"),
    new IdleDatabases(),
    new RepositoryGenerations("uniform"),
    new RepositoryGenerations("hot"),
    new RepositoryGenerations("append"),
    new RepositoryGenerations("vacuumed"),
    new RepositorySpeed(),
    new RepositoryFleet(),
    new StoreSpeed("S3"),
    new StoreSpeed("SFTP"),
    new StoreListing("S3"),
    new StoreListing("SFTP"),
    new AgeFiles(),
    new RepositoryPlan(),
    .. ((string[])["mixed", "reals", "integers", "blobs"]).SelectMany(values => new IBenchmark[] { new SqlText(values, isImport: false), new SqlText(values, isImport: true) }),
];

// A name that chooses nothing would look like a run that went well.
if (options.Cases.FirstOrDefault(name => !all.Any(item => Chosen(item, name))) is string unknown)
{
    Console.Error.WriteLine($"No case is named like '{unknown}'. There are: {string.Join("; ", all.Select(item => item.Name))}.");
    return 64;
}

if (Console.IsOutputRedirected)
{
    // Nobody's terminal to fit into.
    Spectre.Console.AnsiConsole.Profile.Width = 200;
}

Console.WriteLine(Report.Machine);
var results = new List<(IBenchmark, IReadOnlyList<Outcome>)>();
try
{
    foreach (IBenchmark benchmark in all.Where(
        item => options.Cases.Count == 0 || options.Cases.Any(name => Chosen(item, name))))
    {
        using (benchmark)
        {
            IReadOnlyList<Outcome> outcomes = Runner.Run(benchmark, options, Console.WriteLine);
            Report.Show(benchmark, outcomes);
            results.Add((benchmark, outcomes));
        }
    }
}
catch (InvalidOperationException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

if (options.Json is not null)
{
    Report.WriteJson(options.Json, results.SelectMany(item => item.Item2));
}

if (options.Markdown is not null)
{
    Report.WriteMarkdown(options.Markdown, options, results);
}

string[] failures = [.. results.SelectMany(item => item.Item2).Where(item => item.IsOurFailure).Select(item => $"{item.Case}: {item.Contender}: {item.Note}")];
foreach (string failure in failures)
{
    Console.Error.WriteLine(failure);
}

return failures.Length == 0 ? 0 : 1;

static bool Chosen(IBenchmark benchmark, string name) => benchmark.Name.Contains(name, StringComparison.OrdinalIgnoreCase);
