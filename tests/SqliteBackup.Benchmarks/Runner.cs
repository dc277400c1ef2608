namespace SqliteBackup.Benchmarks;

/// <summary>One contender's figures.</summary>
internal sealed record Outcome(string Case, string Contender, string Unit, double Median, double Min, double Max, double? CpuSeconds, double? RatioToFirst, string? Note);

/// <summary>Runs the contenders of a case in turn, round after round, so that what the machine does meanwhile meets all alike.</summary>
internal static class Runner
{
    public static IReadOnlyList<Outcome> Run(IBenchmark benchmark, Options options, Action<string> say)
    {
        IReadOnlyList<Contender> all = benchmark.SetUp(options);
        foreach (Contender missing in all.Where(item => item.Missing is not null))
        {
            say($"{benchmark.Name}: without {missing.Name}: {missing.Missing}");
        }

        Contender[] contenders = [.. all.Where(item => item.Missing is null)];
        var measured = contenders.ToDictionary(item => item.Name, _ => new List<Measurement>());
        for (int round = 0; round <= options.Rounds; round++)
        {
            foreach (Contender contender in contenders)
            {
                contender.Prepare?.Invoke();
                Measurement measurement = contender.Run();
                if (round > 0)
                {
                    measured[contender.Name].Add(measurement);
                }
            }
        }

        List<Measurement> first = measured[contenders[0].Name];
        return [.. contenders.Select(contender => Summarize(benchmark, contender.Name, measured[contender.Name], first))];
    }

    private static Outcome Summarize(IBenchmark benchmark, string name, List<Measurement> measured, List<Measurement> first)
    {
        double[] values = [.. measured.Select(item => item.Value)];
        double[] cpu = [.. measured.Where(item => item.CpuSeconds is not null).Select(item => item.CpuSeconds!.Value)];

        // Round by round: both met the same machine.
        double[] ratios = [.. measured.Zip(first, (other, ours) => other.Value / ours.Value)];
        return new Outcome(
            benchmark.Name,
            name,
            benchmark.Unit,
            Median(values),
            values.Min(),
            values.Max(),
            cpu.Length > 0 ? Median(cpu) : null,
            ReferenceEquals(measured, first) ? null : Median(ratios),
            measured[^1].Note);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
