using System.Collections;

namespace SqliteBackup.Plans;

/// <summary>What a plan says, as read from its file. Relative paths in it are relative to the plan's folder.</summary>
internal sealed record BackupPlan
{
    /// <summary>The plan's full path.</summary>
    public required string Path { get; init; }

    /// <summary>The plan's name: its file's, without the extension.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The folder that it lies in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public IReadOnlyList<PlanDatabases> Databases { get; init; } = [];

    /// <summary>The first is backed up to, the others get verified copies of that.</summary>
    public IReadOnlyList<PlanDestination> Destinations { get; init; } = [];

    public PlanTest? Test { get; init; }

    /// <summary>How old the newest backup of a database may be when a run ends; null where nobody asks.</summary>
    public TimeSpan? FreshWithin { get; init; }

    public PlanTell Tell { get; init; } = new();
}

/// <summary>Databases that a plan names together, with the parameters of their backups.</summary>
/// <param name="Line">Where they stand.</param>
/// <param name="Key">Their key.</param>
internal sealed record PlanDatabases(int Line, string Key)
{
    /// <summary>Files, patterns, or folders that are searched by content.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>What Get-SqliteDatabase takes besides: Recurse, Depth, Include, Exclude.</summary>
    public Hashtable Search { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Parameters of Backup-SqliteDatabase: the plan's defaults, and what is said for these.</summary>
    public Hashtable Options { get; init; } = [];

    /// <summary>On which line each of them stands.</summary>
    public IReadOnlyDictionary<string, int> Lines { get; init; } = new Dictionary<string, int>();
}

/// <summary>A folder or location for backups.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Key">Its key.</param>
/// <param name="Location">As it is written.</param>
internal sealed record PlanDestination(int Line, string Key, string Location)
{
    /// <summary>The rules of Remove-SqliteBackup; empty where nothing is pruned.</summary>
    public Hashtable Keep { get; init; } = [];

    /// <summary>Parameters of the cmdlets that have to do with it.</summary>
    public Hashtable Options { get; init; } = [];

    /// <summary>On which line each key stands.</summary>
    public IReadOnlyDictionary<string, int> Lines { get; init; } = new Dictionary<string, int>();
}

/// <summary>How backups are tested.</summary>
/// <param name="Every">In what time every database's newest backup at every destination has its turn.</param>
/// <param name="Level">Quick or Full.</param>
internal sealed record PlanTest(TimeSpan Every, VerifyLevel Level)
{
    /// <summary>Files with the age identities that open encrypted backups. Empty where the environment names one, or nothing is encrypted.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>Where it stands.</summary>
    public int Line { get; init; }
}

/// <summary>Whom a run is told to.</summary>
internal sealed record PlanTell
{
    /// <summary>Whether the session reads a summary.</summary>
    public bool Summary { get; init; } = true;

    /// <summary>A file of JSON lines.</summary>
    public string? Log { get; init; }

    /// <summary>How large it may become before a new one is begun, in bytes.</summary>
    public long LogMaxBytes { get; init; } = 10 << 20;

    /// <summary>How many full ones are kept beside it.</summary>
    public int LogFiles { get; init; } = 5;

    /// <summary>The address of a check that waits for pings.</summary>
    public Uri? Ping { get; init; }

    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A file for node_exporter's textfile collector.</summary>
    public string? Metrics { get; init; }

    /// <summary>Whether the journal (syslog, the event log) is written to.</summary>
    public bool SystemLog { get; init; }

    /// <summary>A script that is run with the result.</summary>
    public string? Hook { get; init; }

    /// <summary>On which line each key stands.</summary>
    public IReadOnlyDictionary<string, int> Lines { get; init; } = new Dictionary<string, int>();
}
