namespace SqliteBackup.Benchmarks;

/// <summary>One way to do what a case measures.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Run">Does it once. What it did before (removing the last round's files) is not timed.</param>
/// <param name="Prepare">What comes before, untimed.</param>
internal sealed record Contender(string Name, Func<Measurement> Run, Action? Prepare = null)
{
    /// <summary>Why it can't take part here, or null.</summary>
    public string? Missing { get; init; }

    /// <summary>Whether it is what the module is compared with: what fails there is a fact, and no fault of ours.</summary>
    public bool IsPeer { get; init; }
}

/// <summary>What one run came to.</summary>
/// <param name="Value">The figure that is compared, in the case's unit.</param>
/// <param name="CpuSeconds">Processor time, or null where it is not known.</param>
/// <param name="Note">What else happened: restarts, the writer's waits.</param>
internal sealed record Measurement(double Value, double? CpuSeconds = null, string? Note = null)
{
    /// <summary>Whether it came to nothing; the note says why, and the value counts for nothing.</summary>
    public bool Failed { get; init; }

    public static Measurement Failure(string why) => new(double.NaN, null, $"failed: {why.ReplaceLineEndings(" ")}") { Failed = true };
}

/// <summary>A question, and the ways to answer it. The first contender is this module; the others are what it is compared with.</summary>
internal interface IBenchmark : IDisposable
{
    /// <summary>A short name.</summary>
    string Name { get; }

    /// <summary>What the numbers are and what each includes.</summary>
    string Description { get; }

    /// <summary>s, ms or MB.</summary>
    string Unit { get; }

    /// <summary>Makes what is needed.</summary>
    IReadOnlyList<Contender> SetUp(Options options);
}
