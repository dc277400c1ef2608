namespace SqliteBackup.Repository;

/// <summary>How a repository is pruned.</summary>
public sealed record PruneOptions
{
    /// <summary>Bytes of packs that are read and written again at most; what is not needed in the others stays until the next time. Null for no limit.</summary>
    public long? MaxRepackBytes { get; init; }

    /// <summary>How many percent of what is needed may be left beside it that is not: less costs more reading and writing. Default: 5.</summary>
    public double MaxUnusedPercent { get; init; } = 5;

    /// <summary>Whether it is only said what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Is called with what is done and how far that is, 0 to 1. May come from any thread.</summary>
    public Action<string, double>? Advancing { get; init; }
}

/// <summary>What pruning did, or would do.</summary>
/// <param name="Snapshots">Snapshots in the repository, everybody's: what they need stays.</param>
/// <param name="PacksBefore">Packs before.</param>
/// <param name="BytesBefore">Bytes of packs before.</param>
/// <param name="PacksRemoved">Packs that went because nothing in them is needed, or no index knew of them.</param>
/// <param name="PacksRepacked">Packs of which only what is needed was written again.</param>
/// <param name="BytesRepacked">Bytes of those.</param>
/// <param name="BytesFreed">Bytes that became free.</param>
/// <param name="BytesUnused">Bytes that are not needed and stay, because moving what lies beside them would cost more than the limits allow.</param>
/// <param name="IsDryRun">Whether it was only looked.</param>
public sealed record PruneReport(
    int Snapshots, int PacksBefore, long BytesBefore, int PacksRemoved, int PacksRepacked, long BytesRepacked, long BytesFreed, long BytesUnused, bool IsDryRun)
{
    /// <summary>The location of the repository, for whoever prunes several.</summary>
    public string? Repository { get; init; }
}
