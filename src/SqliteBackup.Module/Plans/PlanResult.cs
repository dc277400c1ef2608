namespace SqliteBackup.Plans;

/// <summary>What the run of a plan came to.</summary>
internal enum PlanStatus
{
    /// <summary>All was done.</summary>
    Ok,

    /// <summary>Nothing failed, but something is stale or was left out.</summary>
    Incomplete,

    /// <summary>Something failed.</summary>
    Failed,
}

/// <summary>One run of a plan. Its shape is part of the module's contract; sizes are bytes, times UTC.</summary>
public sealed record PlanResult
{
    /// <summary>The plan's full path.</summary>
    public required string Plan { get; init; }

    /// <summary>The plan's name: its file's, without the extension.</summary>
    public required string Name { get; init; }

    /// <summary>What it came to: Ok, Incomplete or Failed. A word, as jobs and remoting make numbers of enums that lie within an object.</summary>
    public string Status => Outcome.ToString();

    /// <summary>What it came to.</summary>
    internal PlanStatus Outcome =>
        Databases.Any(database => database.Outcome == PlanDatabaseStatus.Failed) || Problems.Count > 0 ? PlanStatus.Failed
        : Databases.Any(database => database.Outcome != PlanDatabaseStatus.Ok) || LeftOut.Count > 0 ? PlanStatus.Incomplete
        : PlanStatus.Ok;

    /// <summary>0, 1 where something failed, 2 where nothing failed and something is stale or was left out.</summary>
    public int ExitCode => Outcome switch { PlanStatus.Failed => 1, PlanStatus.Incomplete => 2, _ => 0 };

    /// <summary>When it began.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took, without telling of it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many databases have a good backup of this run, with those that had not changed.</summary>
    public int BackedUp => Databases.Count(database => database.Backup is not null);

    /// <summary>How many of them had not changed since the backup that there was.</summary>
    public int Unchanged => Databases.Count(database => database.Unchanged);

    /// <summary>How many databases have something that failed.</summary>
    public int Failed => Databases.Count(database => database.Outcome == PlanDatabaseStatus.Failed);

    /// <summary>How many have a backup that is too old, at one destination at least.</summary>
    public int Stale => Databases.Count(database => database.Outcome == PlanDatabaseStatus.Stale);

    /// <summary>How many copies were made.</summary>
    public int Copied => Databases.Sum(database => database.Copies.Count);

    /// <summary>How many backups were tested.</summary>
    public int Tested => Databases.Sum(database => database.Tested.Count);

    /// <summary>How many old backups were removed.</summary>
    public int Removed => Databases.Sum(database => database.Removed);

    /// <summary>Sizes of the databases that were backed up.</summary>
    public long Bytes => Databases.Where(database => !database.Unchanged).Sum(database => database.Bytes);

    /// <summary>What their backups take.</summary>
    public long StoredBytes => Databases.Where(database => !database.Unchanged).Sum(database => database.StoredBytes);

    /// <summary>What removing old ones freed.</summary>
    public long BytesFreed => Databases.Sum(database => database.BytesFreed);

    /// <summary>One row a database.</summary>
    public required IReadOnlyList<PlanDatabaseResult> Databases { get; init; }

    /// <summary>What was found and could not be read, and databases of the last run that are gone.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>What failed and belongs to no database.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Whom the run could not be told to. A run does not fail by it.</summary>
    public IReadOnlyList<string> NotTold { get; init; } = [];

    /// <summary>What came of it, in a few lines.</summary>
    public override string ToString() => PlanSummary.Of(this);
}

/// <summary>What the run of a plan came to for one database.</summary>
internal enum PlanDatabaseStatus
{
    /// <summary>All was done.</summary>
    Ok,

    /// <summary>Its newest backup is older than it may be.</summary>
    Stale,

    /// <summary>Something failed.</summary>
    Failed,
}

/// <summary>What the run of a plan did for one database. Its shape is part of the module's contract; sizes are bytes, times UTC.</summary>
public sealed record PlanDatabaseResult
{
    /// <summary>The full path of the database.</summary>
    public required string Database { get; init; }

    /// <summary>What it came to: Ok, Stale or Failed.</summary>
    public string Status => Outcome.ToString();

    /// <summary>What it came to.</summary>
    internal PlanDatabaseStatus Outcome { get; init; }

    /// <summary>The full path or location of its backup, or null where none was made.</summary>
    public string? Backup { get; init; }

    /// <summary>Whether the database had not changed, and that backup was there before.</summary>
    public bool Unchanged { get; init; }

    /// <summary>The size of the database in it.</summary>
    public long Bytes { get; init; }

    /// <summary>What it takes.</summary>
    public long StoredBytes { get; init; }

    /// <summary>When the backup began.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>How long the backup took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The copies that were made of it, by location.</summary>
    public IReadOnlyList<string> Copies { get; init; } = [];

    /// <summary>The backups that were tested and are good.</summary>
    public IReadOnlyList<string> Tested { get; init; } = [];

    /// <summary>How old the newest backup is, at the destination where it is oldest; null where one has none.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How many of its old backups were removed.</summary>
    public int Removed { get; init; }

    /// <summary>What that freed.</summary>
    public long BytesFreed { get; init; }

    /// <summary>What failed, or what is stale.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>The database and what it came to, where a line has room for no more.</summary>
    public override string ToString() => $"{Database}: {Status}";
}
