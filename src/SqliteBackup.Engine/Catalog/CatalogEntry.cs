namespace SqliteBackup.Catalog;

/// <summary>What lies beside a backup to say what it is.</summary>
public enum ManifestState
{
    /// <summary>A manifest that fits the file.</summary>
    Present,

    /// <summary>No manifest: what is known is read from the file itself.</summary>
    Missing,

    /// <summary>A manifest that can't be read.</summary>
    Damaged,

    /// <summary>A manifest whose size is not the file's: the file was cut short or replaced.</summary>
    Mismatched,
}

/// <summary>One backup, or a database that has none. Its shape is part of the module's contract; numbers are raw.</summary>
public sealed record CatalogEntry
{
    /// <summary>The full path of the database it was made of, or null where no manifest says so.</summary>
    public string? Database { get; init; }

    /// <summary>The machine it was made on, or null where no manifest says so.</summary>
    public string? Host { get; init; }

    /// <summary>The full path of the backup file; null for a database that has no backup.</summary>
    public string? Backup { get; init; }

    /// <summary>The instant, UTC, whose content it holds; without a manifest, when the file was last written. Null where there is no backup.</summary>
    public DateTime? SnapshotTakenAt { get; init; }

    /// <summary>Time since <see cref="SnapshotTakenAt"/>, when it was listed.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Whether it is what a restore saved of the database before it replaced its content.</summary>
    public bool IsSafetyCopy { get; init; }

    /// <summary>When the backup began, UTC; null where no manifest says so.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>The size of the database in it, in bytes; null where nothing says so.</summary>
    public long? Bytes { get; init; }

    /// <summary>The size of the file in bytes.</summary>
    public long StoredBytes { get; init; }

    /// <summary>How well the database is backed up, where only the newest backup of each database was asked for; null elsewhere.</summary>
    public FreshnessStatus? Status { get; init; }

    /// <summary>
    /// The instant, UTC, of the database's newest backup that is known to be good: what came after it would be lost. Null where there is none, and
    /// where <see cref="Status"/> is null.
    /// </summary>
    public DateTime? Since { get; init; }

    /// <summary>How the file is stored.</summary>
    public BackupCompression Compression { get; init; }

    /// <summary>Whether it is encrypted with age: to read it takes an identity.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Whether its newest check found nothing and the file still has the size that it had then.</summary>
    public bool Verified { get; init; }

    /// <summary>What its newest check came to.</summary>
    public CheckStatus Check { get; init; }

    /// <summary>How it was checked.</summary>
    public VerifyLevel CheckLevel { get; init; }

    /// <summary>What its manifest is like.</summary>
    public ManifestState ManifestState { get; init; }

    /// <summary>The manifest, where it can be read.</summary>
    public BackupManifest? Manifest { get; init; }

    /// <summary>The length of its manifest in bytes; null where nobody asked yet.</summary>
    internal long? ManifestBytes { get; init; }

    /// <summary>Whether it shares its bytes with other backups: to remove it frees nothing by itself.</summary>
    internal bool SharesBytes { get; init; }

    /// <summary>Whether this backup is known to be bad: its newest check failed, or the file is not what was written.</summary>
    internal bool IsBad => ManifestState == ManifestState.Mismatched || Check is CheckStatus.Corrupt or CheckStatus.CouldNotBeChecked;

    internal bool IsFromFuture => Age < -RetentionPlan.ClockTolerance;

    /// <summary>Its place in the order of its database's backups.</summary>
    internal DateTime? Order => Manifest?.OrderedAt ?? SnapshotTakenAt;

    internal DatabaseKey? Key =>
        Manifest is not null ? new DatabaseKey(Manifest.Source.Host, Manifest.Source.Path)
        : IsSafetyCopy ? new DatabaseKey(Host!, Database!, IsSafetyCopy: true)
        : null;
}

/// <summary>A database among those of many machines. Its safety copies count by themselves: no rule takes one for a backup.</summary>
internal readonly record struct DatabaseKey(string Host, string Path, bool IsSafetyCopy = false);
