namespace SqliteBackup.Repository;

/// <summary>What a test of a repository came to.</summary>
public enum RepositoryStatus
{
    /// <summary>All that must be there is there and is what it was, as far as it was looked at.</summary>
    Ok,

    /// <summary>Something is damaged or missing.</summary>
    Damaged,
}

/// <summary>A test of a repository. Its shape is part of the module's contract; numbers are raw.</summary>
public sealed record RepositoryTestResult
{
    /// <summary>The repository's location.</summary>
    public required string Repository { get; init; }

    /// <summary>What it came to.</summary>
    public required RepositoryStatus Status { get; init; }

    /// <summary>Whether every byte was read.</summary>
    public required bool ReadData { get; init; }

    /// <summary>How many snapshots there are, everybody's.</summary>
    public required int Snapshots { get; init; }

    /// <summary>How many packs there are.</summary>
    public required int Packs { get; init; }

    /// <summary>Bytes of packs.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>How many of them were read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>What was found: damage first, then what only takes space.</summary>
    public required IReadOnlyList<RepositoryFinding> Findings { get; init; }

    /// <summary>The backups that can't be restored as they were, newest first, as the other cmdlets take them.</summary>
    public required IReadOnlyList<string> HurtBackups { get; init; }

    /// <summary>The databases of those.</summary>
    public required IReadOnlyList<string> HurtDatabases { get; init; }

    /// <summary>The ids of others' snapshots of which the same is true.</summary>
    public required IReadOnlyList<string> HurtSnapshots { get; init; }

    /// <summary>How long the test took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Says what a check found.</summary>
    /// <param name="repository">The repository's location.</param>
    /// <param name="report">What the check found.</param>
    /// <param name="readData">Whether every byte was read.</param>
    /// <param name="duration">How long it took.</param>
    public static RepositoryTestResult Of(string repository, RepositoryCheckReport report, bool readData, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new RepositoryTestResult
        {
            Repository = repository,
            Status = report.IsSound ? RepositoryStatus.Ok : RepositoryStatus.Damaged,
            ReadData = readData,
            Snapshots = report.Snapshots,
            Packs = report.Packs,
            StoredBytes = report.Bytes,
            BytesRead = report.BytesRead,
            Findings = [.. report.Findings.OrderByDescending(finding => finding.IsDamage).ThenBy(finding => finding.File, StringComparer.Ordinal)],
            HurtBackups = [.. report.Hurt.Select(snapshot => SnapshotLocation.Of(repository, snapshot))],
            HurtDatabases = [.. report.Hurt.Select(snapshot => snapshot.Database).Distinct(StringComparer.Ordinal)],
            HurtSnapshots = report.HurtOthers,
            Duration = duration,
        };
    }
}
