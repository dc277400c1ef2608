using System.Globalization;
using SqliteBackup.Testing;

namespace SqliteBackup.Benchmarks.Cases;

/// <summary>A PowerShell that backs up for hours.</summary>
internal sealed class Soak : IBenchmark
{
    private const double FullMinutes = 120;

    private string? _folder;

    public string Name => "soak";

    public string Description =>
        $"Resident memory of one PowerShell, after a minute and at the end of {FullMinutes} minutes times the scale, of backing up ten small databases again and again, checked, with manifests, every second time compressed, three of each kept. One run: what counts is whether it grows.";

    public string Unit => "MB";

    public IReadOnlyList<Contender> SetUp(Options options)
    {
        _folder = Places.Make(onDisk: true);
        string sources = Path.Combine(_folder, "sources");
        for (int i = 0; i < 10; i++)
        {
            new SampleDatabase { Megabytes = 0.1 + i }.Create(Path.Combine(sources, $"db{i}.db"));
        }

        double minutes = FullMinutes * options.Scale;
        (double First, double Last, int Times)? measured = null;
        (double First, double Last, int Times) Measure() => measured ??= Run(Path.Combine(sources, "*.db"), minutes);
        return
        [
            new("at the end", () => new Measurement(Measure().Last, Note: $"{minutes:0.#} minutes, {Measure().Times} times ten backups")),
            new("after a minute", () => new Measurement(Measure().First)),
        ];
    }

    public void Dispose() => Places.Remove(_folder);

    private (double First, double Last, int Times) Run(string pattern, double minutes)
    {
        string figures = Path.Combine(_folder!, "figures");
        string script = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            function Resident { [long]([IO.File]::ReadAllLines('/proc/self/status') -match 'VmRSS' -replace '[^0-9]')[0] }
            $clock = [Diagnostics.Stopwatch]::StartNew(); $first = 0; $times = 0
            while ($clock.Elapsed.TotalMinutes -lt {{minutes}}) {
                $null = Backup-SqliteDatabase '{{pattern}}' '{{_folder}}/plain/' -KeepLast 3 -Confirm:$false
                $null = Backup-SqliteDatabase '{{pattern}}' '{{_folder}}/zstd/' -Compress Zstd -KeepLast 3 -Confirm:$false
                $times += 2
                if (-not $first -and $clock.Elapsed.TotalMinutes -ge 1) { $first = Resident }
            }
            [IO.File]::WriteAllText('{{figures}}', "$first $(Resident) $times")
            """);
        _ = MeasuredShell.Run(script);
        int[] read = [.. File.ReadAllText(figures).Split(' ').Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        return (read[0] / 1024.0, read[1] / 1024.0, read[2]);
    }
}
