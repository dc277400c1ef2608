namespace SqliteBackup.Plans;

/// <summary>What a check of a plan came to. Its shape is part of the module's contract.</summary>
public sealed record PlanCheck
{
    /// <summary>The plan's full path.</summary>
    public required string Plan { get; init; }

    /// <summary>Whether a run would find everything as it should be.</summary>
    public bool IsValid => Mistakes.Count == 0;

    /// <summary>The databases that a run would back up now.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>Where to.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }

    /// <summary>What is wrong, in the order of its lines.</summary>
    public required IReadOnlyList<PlanMistake> Mistakes { get; init; }
}
