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
];

if (Console.IsOutputRedirected)
{
    // Nobody's terminal to fit into.
    Spectre.Console.AnsiConsole.Profile.Width = 200;
}

Console.WriteLine(Report.Machine);
var results = new List<(IBenchmark, IReadOnlyList<Outcome>)>();
foreach (IBenchmark benchmark in all.Where(
    item => options.Cases.Count == 0 || options.Cases.Any(name => item.Name.Contains(name, StringComparison.OrdinalIgnoreCase))))
{
    using (benchmark)
    {
        IReadOnlyList<Outcome> outcomes = Runner.Run(benchmark, options, Console.WriteLine);
        Report.Show(benchmark, outcomes);
        results.Add((benchmark, outcomes));
    }
}

if (options.Json is not null)
{
    Report.WriteJson(options.Json, results.SelectMany(item => item.Item2));
}

if (options.Markdown is not null)
{
    Report.WriteMarkdown(options.Markdown, options, results);
}

return 0;
