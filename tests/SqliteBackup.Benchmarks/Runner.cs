namespace SqliteBackup.Benchmarks;

/// <summary>One contender's figures; none where it failed in every round.</summary>
internal sealed record Outcome(string Case, string Contender, string Unit, double? Median, double? Min, double? Max, double? CpuSeconds, double? RatioToFirst, string? Note)
{
    /// <summary>Whether this module failed: that ends in a failure of the whole run.</summary>
    public bool IsOurFailure { get; init; }
}

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
                Measurement measurement = Measure(contender);
                if (round > 0)
                {
                    measured[contender.Name].Add(measurement);
                }
            }
        }

        List<Measurement> first = measured[contenders[0].Name];
        return [.. contenders.Select(contender => Summarize(benchmark, contender, measured[contender.Name], first))];
    }

    // Whatever is thrown is a row of the table, so that the others are still measured.
    private static Measurement Measure(Contender contender)
    {
        try
        {
            return contender.Run();
        }
        catch (Exception exception)
        {
            return Measurement.Failure(exception.Message);
        }
    }

    private static Outcome Summarize(IBenchmark benchmark, Contender contender, List<Measurement> measured, List<Measurement> first)
    {
        Measurement[] failed = [.. measured.Where(item => item.Failed)];
        double[] values = [.. measured.Where(item => !item.Failed).Select(item => item.Value)];
        double[] cpu = [.. measured.Where(item => item is { Failed: false, CpuSeconds: not null }).Select(item => item.CpuSeconds!.Value)];

        // Round by round: both met the same machine.
        double[] ratios = [.. measured.Zip(first).Where(item => !item.First.Failed && !item.Second.Failed).Select(item => item.First.Value / item.Second.Value)];
        return new Outcome(
            benchmark.Name,
            contender.Name,
            benchmark.Unit,
            Median(values),
            values.Length > 0 ? values.Min() : null,
            values.Length > 0 ? values.Max() : null,
            Median(cpu),
            ReferenceEquals(measured, first) ? null : Median(ratios),
            failed.Length > 0 ? $"{failed.Length} of {measured.Count} rounds {failed[^1].Note}" : measured[^1].Note)
        {
            IsOurFailure = failed.Length > 0 && !contender.IsPeer,
        };
    }

    private static double? Median(double[] values)
    {
        if (values.Length == 0)
        {
            return null;
        }

        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
