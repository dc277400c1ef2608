namespace SqliteBackup.Repository;

/// <summary>How a repository is checked.</summary>
public sealed record RepositoryCheckOptions
{
    /// <summary>Whether every byte is read and compared with its hash. Without it, the structure is: that all there must be is there.</summary>
    public bool ReadData { get; init; }

    /// <summary>Is called with what is done and how far that is, 0 to 1. May come from any thread.</summary>
    public Action<string, double>? Advancing { get; init; }
}

/// <summary>Something that a check found.</summary>
/// <param name="File">The name of the file in the repository, or what it is about.</param>
/// <param name="Message">What is wrong with it.</param>
/// <param name="IsDamage">Whether something is lost by it. Where not, it only takes space, and a prune removes it.</param>
public sealed record RepositoryFinding(string File, string Message, bool IsDamage);

/// <summary>What a check of a repository came to.</summary>
/// <param name="Findings">What was found.</param>
/// <param name="Hurt">Our backups that can't be restored as they were, newest first.</param>
/// <param name="HurtOthers">The ids of others' snapshots of which the same is true.</param>
/// <param name="Snapshots">How many snapshots there are.</param>
/// <param name="Packs">How many packs there are.</param>
/// <param name="Bytes">Bytes of packs.</param>
/// <param name="BytesRead">How many of them were read.</param>
public sealed record RepositoryCheckReport(
    IReadOnlyList<RepositoryFinding> Findings,
    IReadOnlyList<RepositorySnapshot> Hurt,
    IReadOnlyList<string> HurtOthers,
    int Snapshots,
    int Packs,
    long Bytes,
    long BytesRead)
{
    /// <summary>Whether nothing is damaged.</summary>
    public bool IsSound => !Findings.Any(finding => finding.IsDamage);
}
